"""Results as one table with a row for each value, for spreadsheets and other languages."""

from collections.abc import Iterable

import pandas as pd
import xarray as xr

from buildout._util import names
from buildout.errors import InputError

#: All outputs of three pathways are 1.2 million rows; beyond this a table is the wrong form.
MOST_ROWS = 5_000_000
LAST_COLUMNS = ("variable", "value", "unit")


def tidy_table(ds: xr.Dataset, variables: str | Iterable[str] | None = None) -> pd.DataFrame:
    """Values of a Dataset as rows; `to_dataframe` would cross all subscripts with one another.

    Parameters
    ----------
    ds : Dataset
        From `simulate`, `load_results` or `sweep`.
    variables : str or iterable of str, optional
        Names in either spelling; all by default.

    Returns
    -------
    DataFrame
        The dimensions (pathway, subscripts, time or draw), then variable, value and unit. A
        dimension that a variable does not have is empty in its rows; where the model defines no
        value there is no row.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    InputError
        Above five million rows, with their number.

    Examples
    --------
    >>> from buildout import simulate
    >>> ds = simulate("status-quo", outputs=["vulnerability"], save_every=10)
    >>> tidy_table(ds, "vulnerability")["time"].tolist()
    [2025.0, 2035.0, 2045.0]
    """
    keys = _keys(ds, variables)
    rows = sum(ds[key].size for key in keys)
    if rows > MOST_ROWS:
        raise InputError(
            f"The table would have {rows:,} rows.",
            f"Up to {MOST_ROWS:,} are accepted.",
            "Choose variables, or a part of the Dataset with `ds.sel(...)`.",
        )
    table = pd.concat([_rows(ds[key]) for key in keys], ignore_index=True)
    dims = [str(dim) for dim in ds.dims if dim in table]
    return table[[*dims, *LAST_COLUMNS]]


def _keys(ds: xr.Dataset, variables: str | Iterable[str] | None) -> list[str]:
    if variables is None:
        return [str(key) for key in ds.data_vars]
    asked = [variables] if isinstance(variables, str) else list(variables)
    if not asked:
        raise InputError("No variable is asked for.", "At least one is accepted.")
    known = {names.key(str(key)): str(key) for key in ds.data_vars}
    for name in asked:
        if names.key(name) not in known:
            raise names.unknown("variable", name, known.values())
    return list(dict.fromkeys(known[names.key(name)] for name in asked))


def _rows(array: xr.DataArray) -> pd.DataFrame:
    plain = array.drop_vars([name for name in array.coords if name not in array.dims])
    if plain.dims:
        table = plain.to_series().rename("value").dropna().reset_index()
    else:
        table = pd.DataFrame({"value": [plain.item()]})
    return table.assign(
        variable=array.attrs.get("vensim_name", array.name), unit=array.attrs.get("units", "")
    )
