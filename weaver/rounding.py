"""Programs run under other roundings, so that a digit that rounding decides shows itself.

IEEE 754 fixes how +, -, *, / and the square root round, and so a square, which is one
product. It leaves open in which order a sum is taken, whether a product is rounded before
it is added, and how exact a logarithm is; there one processor differs from the next in
the last places. `moved(salt)` moves such operations by up to 2 units in the last place:
what goes into a sum, what comes out of a function, and both where an algorithm lies
between. The move is a function of the value and the salt, so that equal computations stay
equal. Whole numbers stay where they are, since sums of them are exact.

PyTorch tells of each operation by itself. NumPy does not; there, calls and the operators
`@` and `**` are rewritten in the sources of the programs, the package and its tests. What
is called out of sight, as by `map(math.exp, x)` or `a @= b`, is not moved, nor are numbers
of other types than float32 and float64.
"""

import ast
import builtins
import contextlib
import operator
import random
import struct
import sys
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType
from typing import ClassVar

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from weaver.settings import settings

NAME = "__moved__"  # what the rewritten sources call

# Names in PyTorch, NumPy and Python. NumPy's functions that stand in neither of these two make
# or rearrange arrays.
SUMS = set(
    """
    sum mean average mse_loss l1_loss dot vdot inner matmul vecdot mm addmm bmm baddbmm mv addmv
    einsum tensordot cumsum trace convolve correlate prod
    """.split()
)
ALGORITHMS = set(
    """
    std var std_mean var_mean norm nanmean nansum nanprod nanstd nanvar percentile quantile cov
    corrcoef polyfit polyval interp trapezoid gradient logspace geomspace
    """.split()
)
# Of PyTorch's operations, NumPy's ufuncs and the module math. One that is missing here is
# moved, which can raise a false alarm, but hides nothing.
EXACT = set(
    """
    _to_copy abs absolute add add_ cat ceil clamp clone copy_ copysign div div_ divide empty
    empty_strided fabs fill_ flip floor fmod fsum full gather index max maximum median min minimum
    mul mul_ multiply neg negative ones ones_like positive relu remainder repeat rint roll set_
    sign sort sqrt square stack sub sub_ subtract threshold_backward topk trunc where zero_ zeros
    zeros_like
    """.split()
)
# Of a generator of random numbers; its distributions are computed.
DRAWN = set(
    """
    bytes choice choices getrandbits integers permutation permuted randint random randrange sample
    seed shuffle
    """.split()
)
SMALL = 100  # numbers
HASH = 0x9E3779B97F4A7C15  # of Fibonacci hashing: neighbouring values are moved differently
# NumPy takes constants twice as fast as arrays.
SHIFT, THREE = (np.array(k, np.uint64) for k in (40, 3))
COMMON = [np.array(k) for k in (-2, -1, 0)]


class Format:
    """A format of floats: how to take them for integers, and in which range they are moved."""

    def __init__(self, float_type: type, integer: type, float_code: str, integer_code: str):
        self.floating, self.integer = float_type, integer
        self.floats, self.integers = struct.Struct(float_code), struct.Struct(integer_code)
        limits = np.finfo(float_type)
        # Far out every float is whole, for want of digits; a step from the smallest leads below 0.
        self.limits = [float(v) for v in (limits.tiny, 1e-3 / limits.eps, limits.max)]
        self.arrays = [np.array(v, float_type) for v in self.limits]


FORMATS = {
    np.dtype(np.float32): Format(np.float32, np.int32, "<f", "<i"),
    np.dtype(np.float64): Format(np.float64, np.int64, "<d", "<q"),
}
SINGLE, DOUBLE = FORMATS.values()
TENSORS = (torch.float32, torch.float64)


def move(a: np.ndarray, salt: int) -> np.ndarray:
    """Move each float by -1, 0 or 1 unit in the last place, and all together by as much.

    One by one, moves show what cancels in a sum; together they show how far a result can
    drift. Whole numbers, inf and nan stay.
    """
    form = FORMATS[a.dtype]
    if a.size == 1:
        return np.array(move_one(a.item(), salt, form), a.dtype).reshape(a.shape)
    if a.size <= SMALL:
        return _moved_bytes(a.tobytes(), form, salt).reshape(a.shape).copy()
    return _moved(a.reshape(-1), form, salt).reshape(a.shape)


@lru_cache(10_000)
def _moved_bytes(data: bytes, form: Format, salt: int) -> np.ndarray:
    # A loop moves the same data in each of its rounds.
    return _moved(np.frombuffer(data, form.floating), form, salt)


@cache
def _factor(salt: int) -> np.ndarray:
    """Another odd factor for each salt, so that salts move a number independently."""
    return np.array(HASH * (2 * salt + 1) % 2**64, np.uint64)


def _moved(flat: np.ndarray, form: Format, salt: int) -> np.ndarray:
    tiny, large, most = form.arrays
    bits, size = flat.view(form.integer), np.abs(flat)
    mixed = bits.astype(np.int64).view(np.uint64)
    mixed *= _factor(salt)
    common = COMMON[(int(np.add.reduce(mixed)) >> 30) % 3]
    mixed >>= SHIFT
    mixed %= THREE
    steps = mixed.view(np.int64)
    steps += common
    loose = np.rint(flat) != flat
    loose |= size >= large
    loose &= size >= tiny
    loose &= size <= most
    steps *= loose
    steps += bits
    return steps.astype(form.integer, copy=False).view(flat.dtype)


def move_one(value: float, salt: int, form: Format) -> float:
    """Move a float that stands alone, as `move` does."""
    tiny, large, most = form.limits
    size = abs(value)
    if not tiny <= size <= most or (size < large and value.is_integer()):
        return value
    (bits,) = form.integers.unpack(form.floats.pack(value))
    mixed = bits * HASH * (2 * salt + 1) % 2**64
    step = (mixed >> 40) % 3 + (mixed >> 30) % 3 - 2
    return form.floats.unpack(form.integers.pack(bits + step))[0]


@cache
def _moves(operation: torch._ops.OpOverload) -> tuple[bool, bool]:
    """Say whether an operation of PyTorch moves what goes into it, and what comes out."""
    name = operation._opname
    if operation.is_view or name in EXACT:
        return False, False
    return name in SUMS or name in ALGORITHMS or "linalg_" in name, name not in SUMS


class Tensors(TorchDispatchMode):
    """Moves what PyTorch computes, backward passes and optimizers included."""

    def __init__(self, salt: int):
        super().__init__()
        self.salt = salt

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # No program compiles, and guarding against it costs as much as a move.

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        goes_in, comes_out = _moves(operation)
        if kwargs and "alpha" in kwargs and not goes_in:
            comes_out = True  # A product is rounded, or not, before it is added.
        if comes_out and operation._opname == "pow" and args[1] == 2:
            comes_out = False
        if goes_in:
            args = [self._moved(a) for a in args]
        result = operation(*args, **(kwargs or {}))
        if comes_out:
            # An operation on a list of tensors changes them and returns nothing.
            self._move(args[0] if result is None else result)
        return result

    def _moved(self, value):
        if not isinstance(value, torch.Tensor) or value.dtype not in TENSORS:
            return value
        return torch.from_numpy(move(value.detach().numpy(), self.salt))

    def _move(self, tensors) -> None:
        if isinstance(tensors, list | tuple):
            for tensor in tensors:
                self._move(tensor)
        elif isinstance(tensors, torch.Tensor) and tensors.dtype in TENSORS:
            a = tensors.detach().numpy()
            a[...] = move(a, self.salt)


class Numbers:
    """Moves what NumPy and Python's own functions compute, call by call."""

    def __init__(self, salt: int):
        self.salt = salt

    def __call__(self, function: Callable) -> Callable:
        """Give the function itself if it is exact, else one that moves."""
        goes_in, comes_out = self._moves(function)
        if not (goes_in or comes_out):
            return function

        def call(*args, **kwargs):
            called = function
            if goes_in:
                args = self._moved([list(args[0]), *args[1:]] if function is sum else args)
                kwargs = {k: v if k == "out" else self._moved(v) for k, v in kwargs.items()}
                if isinstance(owner := getattr(function, "__self__", None), np.ndarray):
                    called = getattr(self._moved(owner), function.__name__)
            result = called(*args, **kwargs)
            return self._moved(result) if comes_out else result

        return call

    def matmul(self, a, b):
        return self(operator.matmul)(a, b)

    def pow(self, a, b):
        return self(operator.pow)(a, b)

    @staticmethod
    def _moves(function: Callable) -> tuple[bool, bool]:
        owner, name = getattr(function, "__self__", None), getattr(function, "__name__", "")
        module = f"{getattr(function, '__module__', '')}."
        if isinstance(function, np.ufunc) or module in ("math.", "_operator."):
            return name in SUMS, not (name in SUMS or name in EXACT)
        if isinstance(owner, (np.random.Generator, np.random.RandomState, random.Random)):
            return False, name not in DRAWN
        if isinstance(owner, np.ufunc):
            return owner.__name__ not in EXACT - {"add", "multiply"}, False
        if module.startswith(("numpy.linalg.", "numpy.fft.", "numpy.polynomial.")):
            return True, True
        if module.startswith("numpy.") or isinstance(owner, np.ndarray):
            return name in SUMS or name in ALGORITHMS, name in ALGORITHMS
        return function is sum, function is pow

    def _moved(self, value):
        if isinstance(value, float | np.float32):
            form = DOUBLE if isinstance(value, float) else SINGLE
            return type(value)(move_one(float(value), self.salt, form))
        if type(value) is np.ndarray and value.dtype in FORMATS:
            return move(value, self.salt)
        if isinstance(value, list | tuple):
            parts = [self._moved(part) for part in value]
            # Such as the named tuples of numpy.linalg.
            return getattr(type(value), "_make", tuple if isinstance(value, tuple) else list)(
                parts
            )
        return value


class Calls(ast.NodeTransformer):
    """Rewrites f(x) to __moved__(f)(x), a @ b to __moved__.matmul(a, b), and so a ** b."""

    OPERATORS: ClassVar = {ast.MatMult: "matmul", ast.Pow: "pow"}

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        node.func = ast.Call(ast.Name(NAME, ast.Load()), [node.func], [])
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        squared = isinstance(node.right, ast.Constant) and node.right.value == 2
        if (name := self.OPERATORS.get(type(node.op))) is None or squared:
            return node
        function = ast.Attribute(ast.Name(NAME, ast.Load()), name, ast.Load())
        return ast.copy_location(ast.Call(function, [node.left, node.right], []), node)


def compiled(source: str | bytes, name: str) -> CodeType:
    """Compile a source, so that its calls can be moved where `moved` is in force."""
    tree = ast.parse(source)
    if hasattr(builtins, NAME):
        tree = ast.fix_missing_locations(Calls().visit(tree))
    return compile(tree, name, "exec")


class Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        return compiled(self.get_data(self.path), self.path)


class Finder:
    """Lets the modules of packages be rewritten when they are imported."""

    def __init__(self, packages: tuple[str, ...]):
        self.packages = packages

    def find_spec(self, name: str, path=None, target=None) -> ModuleSpec | None:
        if name.partition(".")[0] not in self.packages:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        spec = next(filter(None, (f.find_spec(name, path, target) for f in others)), None)
        if spec and spec.origin and spec.origin.endswith(".py"):
            spec.loader = Loader(name, spec.origin)
        return spec


@contextlib.contextmanager
def moved(salt: int) -> Iterator[None]:
    """Move the results of PyTorch, and of NumPy in what is rewritten, within this block."""
    ours = settings()
    packages = ours["package"], ours["claims"].partition("/")[0]
    if loaded := [name for name in sys.modules if name.partition(".")[0] in packages]:
        raise RuntimeError(f"{loaded} are imported already: begin before")
    finder = Finder(packages)
    sys.meta_path.insert(0, finder)
    setattr(builtins, NAME, Numbers(salt))
    try:
        with Tensors(salt):
            yield
    finally:
        delattr(builtins, NAME)
        sys.meta_path.remove(finder)
