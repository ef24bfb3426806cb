"""Types of arrays, one word each, for signatures; shapes stand in the docstrings."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

#: Real numbers.
Floats: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
#: Places and counts.
Integers: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
#: Words of 64 bits, for hashing.
Words: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.uint64]]
#: Whether something holds.
Truths: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
#: Codes such as a status.
Codes: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.int8]]
#: Numbers of any kind that NumPy counts with.
AnyArray: TypeAlias = npt.NDArray[Any]
