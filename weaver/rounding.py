"""Programs run under other roundings, so that a digit that rounding decides shows itself.

IEEE 754 fixes how +, -, *, / and the square root round. It leaves open in which order a
sum is taken, whether a product is rounded before it is added, and how exact a logarithm
is; there one processor differs from the next in the last places. `moved(salt)` moves such
operations by up to 2 units in the last place: what goes into a sum, what comes out of a
function, and both where an algorithm lies between. The move is a function of the value
and the salt, so that equal computations stay equal. Whole numbers stay where they are,
since sums of them are exact.

PyTorch tells of each operation by itself. NumPy does not; there, calls and the operators
`@` and `**` are rewritten in the sources of the programs and of PACKAGES. What is called
out of sight, as by `map(math.exp, x)` or `a @= b`, is not moved, nor are numbers of other
types than float32 and float64.
"""

import ast
import builtins
import contextlib
import operator
import random
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType
from typing import ClassVar

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

PACKAGES = ("linreg", "tests")
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
    mul mul_ multiply neg negative ones ones_like positive relu remainder repeat rint roll sign
    sort sqrt square stack sub sub_ subtract threshold_backward topk trunc where zero_ zeros
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
INTEGERS = {np.dtype(np.float32): np.int32, np.dtype(np.float64): np.int64}


def move(a: np.ndarray, salt: int) -> np.ndarray:
    """Move each float by -1, 0 or 1 unit in the last place, and all together by as much.

    One by one, moves show what cancels in a sum; together they show how far a result can
    drift. Whole numbers, inf and nan stay.
    """
    bits = np.array(a).reshape(-1).view(INTEGERS[a.dtype])
    # Fibonacci hashing: neighbouring values are moved differently.
    mixed = (bits.astype(np.uint64) + np.uint64(salt)) * np.uint64(0x9E3779B97F4A7C15)
    steps = (mixed >> 40) % 3 + (np.add.reduce(mixed) >> 30) % 3
    flat = bits.view(a.dtype)
    limits = np.finfo(a.dtype)
    # Far out every float is whole, for want of digits; a step from the smallest leads below 0.
    whole = (flat == np.rint(flat)) & (np.abs(flat) < 1e-3 / limits.eps)
    still = whole | (np.abs(flat) < limits.tiny) | ~np.isfinite(flat)
    steps = np.where(still, 0, steps.astype(bits.dtype) - 2)
    return (bits + steps).view(a.dtype).reshape(a.shape)


class Tensors(TorchDispatchMode):
    """Moves what PyTorch computes, backward passes and optimizers included."""

    def __init__(self, salt: int):
        super().__init__()
        self.salt = salt

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        name, kwargs = operation._opname, kwargs or {}
        fused = "alpha" in kwargs and name in ("add", "add_", "sub", "sub_")
        squared = name == "pow" and args[1] == 2
        if operation.is_view or squared or (name in EXACT and not fused):
            return operation(*args, **kwargs)
        if name in SUMS or name in ALGORITHMS or "linalg_" in name:
            args = [self._move(a.clone()) if isinstance(a, torch.Tensor) else a for a in args]
        result = operation(*args, **kwargs)
        if name not in SUMS:
            # An operation on a list of tensors changes them and returns nothing.
            self._move(args[0] if result is None else result)
        return result

    def _move(self, tensors):
        if isinstance(tensors, list | tuple):
            for tensor in tensors:
                self._move(tensor)
        elif isinstance(tensors, torch.Tensor) and tensors.dtype in (torch.float32, torch.float64):
            a = tensors.detach().numpy()
            a[...] = move(a, self.salt)
        return tensors


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
            return name in SUMS, name not in SUMS | EXACT
        if isinstance(owner, (np.random.Generator, np.random.RandomState, random.Random)):
            return False, name not in DRAWN
        if isinstance(owner, np.ufunc):
            return owner.__name__ not in EXACT - {"add", "multiply"}, False
        if module.startswith(("numpy.linalg.", "numpy.fft.", "numpy.polynomial.")):
            return True, True
        if module.startswith("numpy.") or isinstance(owner, np.ndarray):
            return name in SUMS | ALGORITHMS, name in ALGORITHMS
        return function is sum, function is pow

    def _moved(self, value):
        if isinstance(value, float | np.floating) or type(value) is np.ndarray:
            a = np.asarray(value)
            if a.dtype in INTEGERS:
                a = move(a, self.salt)
                return a if type(value) is np.ndarray else type(value)(a[()])
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
    """Lets the modules of PACKAGES be rewritten when they are imported."""

    def find_spec(self, name: str, path=None, target=None) -> ModuleSpec | None:
        if name.partition(".")[0] not in PACKAGES:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        spec = next(filter(None, (f.find_spec(name, path, target) for f in others)), None)
        if spec and spec.origin and spec.origin.endswith(".py"):
            spec.loader = Loader(name, spec.origin)
        return spec


@contextlib.contextmanager
def moved(salt: int) -> Iterator[None]:
    """Move the results of PyTorch, and of NumPy in what is rewritten, within this block."""
    if loaded := [name for name in sys.modules if name.partition(".")[0] in PACKAGES]:
        raise RuntimeError(f"{loaded} are imported already: begin before")
    finder = Finder()
    sys.meta_path.insert(0, finder)
    setattr(builtins, NAME, Numbers(salt))
    try:
        with Tensors(salt):
            yield
    finally:
        delattr(builtins, NAME)
        sys.meta_path.remove(finder)
