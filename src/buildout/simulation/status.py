"""How runs ended, in words."""

import xarray as xr

WORDS = {
    "non_finite": "values that are not finite numbers",
    "negative_stock": "a stock below zero",
    "delay_order": "a delay shorter than its order times the time step",
}


def unsound(ds: xr.Dataset) -> dict[str, str]:
    """Pathways whose run is not sound, and what is wrong with it.

    Parameters
    ----------
    ds : Dataset
        From `simulate`; without a `status` every run counts as sound.

    Returns
    -------
    dict of str to str
    """
    if "status" not in ds:
        return {}
    status = ds["status"]
    meanings = str(status.attrs.get("flag_meanings", "")).split()
    found = {}
    for name, number in zip(ds["pathway"].values, status.values.tolist(), strict=True):
        if number:
            kind = meanings[number] if number < len(meanings) else f"status {number}"
            found[str(name)] = WORDS.get(kind, kind)
    return found


def told_status(ds: xr.Dataset) -> str:
    """A sentence on the runs that are not sound; empty when all are."""
    found = unsound(ds)
    if not found:
        return ""
    cases = "; ".join(f"`{name}` has {what}" for name, what in found.items())
    return f"Not sound, and not to be relied on: {cases}."
