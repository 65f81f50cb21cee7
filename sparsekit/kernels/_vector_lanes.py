"""The operations on vectors of lanes, as LLVM instructions; see `_lanes`."""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

# A bijection of 32-bit words in which every input bit flips every output bit with a
# probability near one half ("lowbias32", C. Wellons 2018, public domain constants).
MIX_1 = 0x7FEB352D
MIX_2 = 0x846CA68B
LANE_STEP = 0x9E3779B9


class LaneVector(types.Type):
    """Numba's type for a vector of `width` floats, held in registers."""

    def __init__(self, scalar, width):
        self.scalar = scalar
        self.width = width
        super().__init__(name=f"LaneVector({scalar}, {width})")


@register_model(LaneVector)
class _LaneVectorModel(models.PrimitiveModel):
    def __init__(self, dmm, fe_type):
        element = ir.FloatType() if fe_type.scalar.bitwidth == 32 else ir.DoubleType()
        super().__init__(dmm, fe_type, ir.VectorType(element, fe_type.width))


def _vector_type(lanes):
    nested = lanes.dtype
    return LaneVector(nested.dtype, nested.shape[0])


def _splat(builder, scalar, llvm_vector):
    undefined = ir.Constant(llvm_vector, ir.Undefined)
    first = builder.insert_element(undefined, scalar, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(
        ir.VectorType(ir.IntType(32), llvm_vector.count), [0] * llvm_vector.count
    )
    return builder.shuffle_vector(first, undefined, zeros)


def _repeated(llvm_vector, value):
    return ir.Constant(llvm_vector, [value] * llvm_vector.count)


def _suffix(vector):
    return f"v{vector.width}f{vector.scalar.bitwidth}"


def _fused(builder, vector, a, b, c):
    """Return a * b + c, in one rounding where the machine can."""
    function = cgutils.get_or_insert_function(
        builder.module,
        ir.FunctionType(a.type, [a.type, a.type, a.type]),
        f"llvm.fmuladd.{_suffix(vector)}",
    )
    return builder.call(function, [a, b, c])


def _vector_pointer(context, builder, array_type, array, offset, llvm_vector):
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [offset]), llvm_vector.as_pointer())


@intrinsic
def width_of(typingctx, lanes):
    size = _vector_type(lanes).width

    def codegen(context, builder, signature, args):
        return context.get_constant(types.intp, size)

    return types.intp(lanes), codegen


@intrinsic
def load(typingctx, lanes, array, offset):
    vector = _vector_type(lanes)

    def codegen(context, builder, signature, args):
        llvm_vector = context.get_value_type(vector)
        pointer = _vector_pointer(
            context, builder, signature.args[1], args[1], args[2], llvm_vector
        )
        return builder.load(pointer, align=vector.scalar.bitwidth // 8)

    return vector(lanes, array, types.intp), codegen


@intrinsic
def store(typingctx, array, offset, value):
    def codegen(context, builder, signature, args):
        pointer = _vector_pointer(
            context, builder, signature.args[0], args[0], args[1], args[2].type
        )
        builder.store(args[2], pointer, align=value.scalar.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, value), codegen


@intrinsic
def item(typingctx, array, offset):
    # `array[offset]` asks first whether the offset is negative. In a loop that does
    # little else, such as a copy through an index, that doubles the time.
    def codegen(context, builder, signature, args):
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        return builder.load(builder.gep(data, [args[1]]))

    return array.dtype(array, types.intp), codegen


@intrinsic
def put(typingctx, array, offset, value):
    def codegen(context, builder, signature, args):
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        builder.store(args[2], builder.gep(data, [args[1]]))
        return context.get_dummy_value()

    return types.void(array, types.intp, array.dtype), codegen


@intrinsic
def transpose_four(typingctx, source, a, b, c, d, target, at, stride):
    # Loops that transpose become scattered stores, one instruction per number; shuffles
    # of four times four numbers take a third of the time.
    def codegen(context, builder, signature, args):
        element = context.get_value_type(signature.args[0].dtype)
        four = ir.VectorType(element, 4)
        align = signature.args[0].dtype.bitwidth // 8
        rows = [
            builder.load(
                _vector_pointer(
                    context, builder, signature.args[0], args[0], offset, four
                ),
                align=align,
            )
            for offset in args[1:5]
        ]
        low = [_shuffled(builder, *rows[i : i + 2], [0, 4, 1, 5]) for i in (0, 2)]
        high = [_shuffled(builder, *rows[i : i + 2], [2, 6, 3, 7]) for i in (0, 2)]
        offset = args[6]
        for pair in (low, high):
            for order in ([0, 1, 4, 5], [2, 3, 6, 7]):
                pointer = _vector_pointer(
                    context, builder, signature.args[5], args[5], offset, four
                )
                builder.store(_shuffled(builder, *pair, order), pointer, align=align)
                offset = builder.add(offset, args[7])
        return context.get_dummy_value()

    place = types.intp
    return types.void(source, place, place, place, place, target, place, place), codegen


@intrinsic
def fill(typingctx, lanes, scalar):
    vector = _vector_type(lanes)

    def codegen(context, builder, signature, args):
        return _splat(builder, args[1], context.get_value_type(vector))

    return vector(lanes, vector.scalar), codegen


@intrinsic
def multiply(typingctx, a, b):
    def codegen(context, builder, signature, args):
        return builder.fmul(args[0], args[1])

    return a(a, a), codegen


@intrinsic
def multiply_add(typingctx, a, b, c):
    def codegen(context, builder, signature, args):
        return _fused(builder, a, *args)

    return a(a, a, a), codegen


@intrinsic
def scaled_add(typingctx, scalar, b, c):
    def codegen(context, builder, signature, args):
        scalars = _splat(builder, args[0], args[1].type)
        return _fused(builder, b, scalars, args[1], args[2])

    return b(b.scalar, b, b), codegen


@intrinsic
def total(typingctx, a):
    def codegen(context, builder, signature, args):
        kind = args[0].type
        element = kind.element
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(element, [element, kind]),
            f"llvm.vector.reduce.fadd.{_suffix(a)}",
        )
        # "reassoc" lets LLVM sum in a tree; the tree is the same on every run.
        return builder.call(
            function, [ir.Constant(element, 0.0), args[0]], fastmath=("reassoc",)
        )

    return a.scalar(a), codegen


def _shuffled(builder, a, b, order):
    mask = ir.Constant(ir.VectorType(ir.IntType(32), len(order)), order)
    return builder.shuffle_vector(a, b, mask)


def _halved(builder, a, width):
    """Add the upper half of the lanes to the lower one until `width` are left."""
    while a.type.count > width:
        half = a.type.count // 2
        low = _shuffled(builder, a, a, list(range(half)))
        high = _shuffled(builder, a, a, list(range(half, 2 * half)))
        a = builder.fadd(low, high)
    return a


def _paired(builder, a, b, low, high):
    """Add the lanes `low` and the lanes `high` of each four of `a` and `b`.

    Lanes of `b` are numbered from 4. Shuffles within four lanes are the cheap ones.
    """
    count = a.type.count

    def order(pattern):
        return [
            start + lane if lane < 4 else count + start + lane - 4
            for start in range(0, count, 4)
            for lane in pattern
        ]

    one = _shuffled(builder, a, b, order(low))
    other = _shuffled(builder, a, b, order(high))
    return builder.fadd(one, other)


@intrinsic
def add_totals(typingctx, array, offset, a, b, c, d):
    # Four sums over lanes in one tree of additions: a third of the instructions of four
    # calls of `total`, and the backward pass of 16 lanes is 1.4 times as fast.
    def codegen(context, builder, signature, args):
        a, b, c, d = (_halved(builder, x, min(x.type.count, 16)) for x in args[2:])
        ab = _paired(builder, a, b, (0, 4, 1, 5), (2, 6, 3, 7))
        cd = _paired(builder, c, d, (0, 4, 1, 5), (2, 6, 3, 7))
        sums = _paired(builder, ab, cd, (0, 1, 4, 5), (2, 3, 6, 7))
        sums = _halved(builder, sums, 4)
        pointer = _vector_pointer(
            context, builder, signature.args[0], args[0], args[1], sums.type
        )
        align = signature.args[2].scalar.bitwidth // 8
        old = builder.load(pointer, align=align)
        builder.store(builder.fadd(old, sums), pointer, align=align)
        return context.get_dummy_value()

    return types.void(array, types.intp, a, a, a, a), codegen


@intrinsic
def where_positive(typingctx, condition, a, b):
    def codegen(context, builder, signature, args):
        positive = builder.fcmp_ordered(">", args[0], _repeated(args[0].type, 0.0))
        return builder.select(positive, args[1], args[2])

    return a(a, a, a), codegen


@intrinsic
def dropout(typingctx, lanes, key, threshold, keep_scale):
    vector = _vector_type(lanes)

    def codegen(context, builder, signature, args):
        word = ir.IntType(32)
        words = ir.VectorType(word, vector.width)

        def constant(value):
            return _repeated(words, value)

        def fold(value, shift):
            return builder.xor(value, builder.lshr(value, constant(shift)))

        steps = [(i * LANE_STEP) % 2**32 for i in range(vector.width)]
        value = builder.add(_splat(builder, args[1], words), ir.Constant(words, steps))
        value = builder.mul(fold(value, 16), constant(MIX_1))
        value = builder.mul(fold(value, 15), constant(MIX_2))
        value = fold(value, 16)
        kept = builder.icmp_unsigned(">=", value, _splat(builder, args[2], words))
        llvm_vector = context.get_value_type(vector)
        return builder.select(
            kept,
            _splat(builder, args[3], llvm_vector),
            _repeated(llvm_vector, 0.0),
        )

    return vector(lanes, types.uint32, types.uint32, vector.scalar), codegen
