"""exp, log, pow and tanh over lanes, from additions and multiplications alone: the same digits on every processor."""

from __future__ import annotations

import struct

from hepasome.engine._ir import Function, Name

_MAGIC = 6755399441055744.0  # 1.5 * 2^52: adding it leaves the nearest whole number in the low bits
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_INVERSE_FACTORIALS = [1.0]
for _i in range(1, 14):
    _INVERSE_FACTORIALS.append(_INVERSE_FACTORIALS[-1] / _i)
# Coefficients of log as in FreeBSD's e_log.c (Sun Microsystems 1993), of tanh as in Cephes (Moshier 1989).
_LOG = (
    *(6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01),
    *(1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01),
)
_TANH_ABOVE = (-9.64399179425052238628e-1, -9.92877231001918586564e1, -1.61468768441708447952e3)
_TANH_BELOW = (1.0, 1.12811678491632931402e2, 2.23548839060100448583e3, 4.84406305325125486048e3)
LIBRARY = ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh")


def vector_math(width: int, used: set[str]) -> str:
    """Definitions of vector_exp, vector_log, vector_pow and vector_tanh, and of what comes from the C library.

    Args:
        width: Lanes.
        used: Names of the C library's functions that are called.
    """
    own = [_exp(width), _log(width), _pow(width), _tanh(width)]
    return "\n".join([*own, *(_library(width, name) for name in LIBRARY if name in used)])


def _polynomial(f: Function, x: Name, coefficients: list[float]) -> Name:
    """By Horner's rule, highest power first."""
    value = f.number(coefficients[0])
    for coefficient in coefficients[1:]:
        value = f.fma(value, x, f.number(coefficient))
    return value


def _bits(number: float) -> int:
    return int(struct.unpack("<q", struct.pack("<d", number))[0])


def _function(name: str, width: int, arguments: str) -> Function:
    vector = f"<{width} x double>"
    return Function(f"vector_{name}", width, [(vector, a) for a in arguments], vector, inline=False)


def _finish(f: Function, value: Name) -> str:
    f.line(f"ret {f.vector} {value}")
    return f.text()


def _exp(width: int) -> str:
    f = _function("exp", width, "x")
    low, high = f.number(-746.0), f.number(710.0)
    x = f.choose(f.compare("olt", "%x", low), low, "%x")
    x = f.choose(f.compare("ogt", x, high), high, x)
    shifted = f.fma(x, f.number(1.4426950408889634), f.number(_MAGIC))
    whole = f.float("fsub", shifted, f.number(_MAGIC))
    rest = f.fma(whole, f.number(-_LN2_HIGH), x)
    rest = f.fma(whole, f.number(-_LN2_LOW), rest)
    result = _polynomial(f, rest, _INVERSE_FACTORIALS[::-1])
    # times 2^k in two steps, so that the ends of the range overflow and underflow as they should
    k = f.whole("sub", f.as_integers(shifted), f.integer(_bits(_MAGIC)))
    half = f.whole("ashr", k, f.integer(1))
    for part in (half, f.whole("sub", k, half)):
        scale = f.whole("shl", f.whole("add", part, f.integer(1023)), f.integer(52))
        result = f.float("fmul", result, f.as_doubles(scale))
    return _finish(f, result)


def _log(width: int) -> str:
    f = _function("log", width, "x")
    small = f.compare("olt", "%x", f.number(2.2250738585072014e-308))
    x = f.choose(small, f.float("fmul", "%x", f.number(2.0**54)), "%x")
    bits = f.as_integers(x)
    above = f.whole("sub", bits, f.integer(_bits(0.7071067811865476)))
    k = f.whole("ashr", above, f.integer(52))
    mantissa = f.as_doubles(f.whole("sub", bits, f.whole("shl", k, f.integer(52))))
    exponent = f.as_doubles(f.whole("add", k, f.integer(_bits(_MAGIC))))
    exponent = f.float("fsub", exponent, f.number(_MAGIC))
    exponent = f.choose(small, f.float("fsub", exponent, f.number(54.0)), exponent)
    part = f.float("fsub", mantissa, f.number(1.0))
    s = f.float("fdiv", part, f.float("fadd", part, f.number(2.0)))
    square = f.float("fmul", s, s)
    series = f.float("fmul", square, _polynomial(f, square, list(_LOG[::-1])))
    half = f.float("fmul", f.float("fmul", part, f.number(0.5)), part)
    correction = f.fma(s, f.float("fadd", half, series), f.float("fmul", exponent, f.number(_LN2_LOW)))
    result = f.float("fsub", f.float("fsub", half, correction), part)
    result = f.fma(exponent, f.number(_LN2_HIGH), f.value(f"fneg {f.vector} {result}"))
    infinite = f.compare("oeq", "%x", f.number(float("inf")))
    result = f.choose(infinite, "%x", result)
    result = f.choose(f.compare("oeq", "%x", f.number(0.0)), f.number(float("-inf")), result)
    valid = f.compare("oge", "%x", f.number(0.0))
    return _finish(f, f.choose(valid, result, f.number(float("nan"))))


def _pow(width: int) -> str:
    f = _function("pow", width, "xy")
    size = f.intrinsic("fabs", "%x")
    power = f.call("vector_exp", f.float("fmul", "%y", f.call("vector_log", size)))
    # a negative base has a power only where the exponent is a whole number; odd ones keep the sign
    whole = f.compare("oeq", f.intrinsic("rint", "%y"), "%y")
    half = f.float("fmul", "%y", f.number(0.5))
    odd = f.logic("and", whole, f.compare("une", f.intrinsic("rint", half), half))
    negative = f.compare("olt", "%x", f.number(0.0))
    turned = f.choose(f.logic("and", negative, odd), f.value(f"fneg {f.vector} {power}"), power)
    undefined = f.logic("and", negative, f.invert(whole))
    result = f.choose(undefined, f.number(float("nan")), turned)
    return _finish(f, f.choose(f.compare("oeq", "%y", f.number(0.0)), f.number(1.0), result))


def _tanh(width: int) -> str:
    f = _function("tanh", width, "x")
    size = f.intrinsic("fabs", "%x")
    square = f.float("fmul", "%x", "%x")
    ratio = f.float("fdiv", _polynomial(f, square, list(_TANH_ABOVE)), _polynomial(f, square, list(_TANH_BELOW)))
    small = f.fma(f.float("fmul", "%x", square), ratio, "%x")
    grown = f.call("vector_exp", f.float("fadd", size, size))
    large = f.float("fsub", f.number(1.0), f.float("fdiv", f.number(2.0), f.float("fadd", grown, f.number(1.0))))
    below = f.compare("olt", "%x", f.number(0.0))
    large = f.choose(below, f.value(f"fneg {f.vector} {large}"), large)
    return _finish(f, f.choose(f.compare("olt", size, f.number(0.625)), small, large))


def _library(width: int, name: str) -> str:
    """A function of the C library, lane by lane: right everywhere, slow, and met in few models."""
    f = _function(name, width, "x")
    value: Name = "poison"
    for lane in range(width):
        one = f.value(f"extractelement {f.vector} %x, i64 {lane}")
        one = f.value(f"call double @{name}(double {one})")
        value = f.value(f"insertelement {f.vector} {value}, double {one}, i64 {lane}")
    return f"declare double @{name}(double)\n" + _finish(f, value)
