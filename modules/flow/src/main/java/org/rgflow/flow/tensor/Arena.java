package org.rgflow.flow.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ExecutionerType;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMultiplication;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarReverseSubtraction;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarSet;
import org.nd4j.linalg.api.ops.impl.transforms.any.Assign;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Owner of off-heap arrays and of the operators bound to them; closing it frees both.
 *
 * <p>An operator's context is filled once, so that a call costs one crossing into native code and
 * no shape inference: three to six microseconds for a small array against some twenty otherwise.
 */
public final class Arena implements AutoCloseable {
  /** Of contexts, which leave 1 KiB each beside the heap: 16 MiB, and some 300 MiB in it. */
  private static final int ABANDONED_LIMIT = 16_384;

  static final boolean ON_CPU = Nd4j.getExecutioner().type() == ExecutionerType.NATIVE_CPU;

  private static final AtomicInteger ABANDONED = new AtomicInteger();

  private final DataType type;
  private final List<INDArray> arrays = new ArrayList<>();
  private final List<OpContext> contexts = new ArrayList<>();
  private INDArray sharedZeros;
  private long bytes;

  /**
   * An empty arena.
   *
   * @param type of every array: {@code FLOAT} or {@code DOUBLE}
   */
  public Arena(DataType type) {
    if (type != DataType.FLOAT && type != DataType.DOUBLE) {
      throw new IllegalArgumentException("dtype must be float32 or float64, was " + type);
    }
    this.type = type;
  }

  /** Element type of the arrays. */
  public DataType type() {
    return type;
  }

  /** Bytes of all arrays handed out. */
  public long bytes() {
    return bytes;
  }

  /** A new array of zeros in C order. */
  public INDArray zeros(long... shape) {
    INDArray array = Nd4j.createUninitializedDetached(type, 'c', shape);
    array.assign(0);
    return own(array);
  }

  /** Zeros in C order that nobody may write to: all who ask look at the same memory. */
  public INDArray sharedZeros(long... shape) {
    long length = 1;
    for (long extent : shape) {
      length *= extent;
    }
    if (sharedZeros == null || sharedZeros.length() < length) {
      sharedZeros = zeros(length);
    }
    return Views.block(sharedZeros, 0, shape);
  }

  /** A new array of one value in C order. */
  public INDArray filled(double value, long... shape) {
    INDArray array = zeros(shape);
    array.assign(value);
    return array;
  }

  private INDArray own(INDArray array) {
    array.setCloseable(true);
    arrays.add(array);
    bytes += array.length() * type.width();
    return array;
  }

  /** {@code c = a b}, or {@code c += a b}, with either factor transposed first. */
  public Kernel matmul(Factor a, Factor b, INDArray c, Sum sum) {
    OpContext context = context(new INDArray[] {a.array, b.array}, c);
    context.setIArguments(a.transposed ? 1 : 0, b.transposed ? 1 : 0, 0);
    context.setTArguments(1.0, sum == Sum.ADD ? 1.0 : 0.0);
    return bind("matmul", context);
  }

  /**
   * {@code out = bias + sum_k in[. + k] w[k]}, a correlation at the middle of the grid of {@code
   * in}, with zeros beyond its edge; two or three axes. Arrays may be strided, so {@code out} may
   * lie within a larger grid, of which nothing else is written.
   *
   * @param in (batch, channels in, *grid)
   * @param weights (*kernel, channels in, channels out), odd sizes
   * @param bias (channels out), or null for none
   * @param out (batch, channels out, *grid): on each axis as long as {@code in}, or shorter by an
   *     even number below the kernel's size
   */
  public Kernel convolve(INDArray in, INDArray weights, INDArray bias, INDArray out) {
    int axes = in.rank() - 2;
    long[] arguments = new long[4 * axes + 3];
    for (int a = 0; a < axes; a++) {
      long kernel = weights.size(a);
      arguments[a] = kernel;
      arguments[axes + a] = 1; // stride
      arguments[2 * axes + a] = (out.size(2 + a) + kernel - 1 - in.size(2 + a)) / 2; // padding
      arguments[3 * axes + a] = 1; // dilation
    }
    arguments[4 * axes] = 0; // the padding is explicit
    arguments[4 * axes + 1] = 0; // channels first: of channels last oneDNN would confuse strides
    arguments[4 * axes + 2] = 0; // weights (*kernel, in, out)
    INDArray[] inputs =
        bias == null ? new INDArray[] {in, weights} : new INDArray[] {in, weights, bias};
    OpContext context = context(inputs, out);
    context.setIArguments(arguments);
    return bind(axes == 2 ? "conv2d" : "conv3dnew", context);
  }

  /**
   * {@code out = a * b}, element by element; all three contiguous and of one shape, or {@code b} of
   * shape (1): one number for all.
   */
  public Kernel multiply(INDArray a, INDArray b, INDArray out) {
    return bind("multiply", context(new INDArray[] {a, b}, out));
  }

  /**
   * {@code out = a + b}, element by element; all three contiguous and of one shape, or {@code b} of
   * shape (1): one number for all.
   */
  public Kernel add(INDArray a, INDArray b, INDArray out) {
    return bind("add", context(new INDArray[] {a, b}, out));
  }

  /**
   * {@code out = sum_i coefficients[i] in[i]}, or added to it; the coefficients are read when it
   * runs.
   *
   * @param coefficients (1, n)
   * @param in (n, length)
   * @param out (1, length)
   */
  public Kernel combine(INDArray coefficients, INDArray in, INDArray out, Sum sum) {
    return matmul(Factor.of(coefficients), Factor.of(in), out, sum);
  }

  /** {@code out = f(in)} for an operator of one argument by its ND4J name, such as {@code tanh}. */
  public Kernel apply(String name, INDArray in, INDArray out) {
    return bind(name, context(new INDArray[] {in}, out));
  }

  /** {@code to = from}, element by element, strided or not; both of one shape. */
  public Kernel copy(INDArray from, INDArray to) {
    Assign operator = new Assign(Views.withoutUnitAxes(from), Views.withoutUnitAxes(to));
    return ON_CPU ? CpuKernels.of(operator) : () -> Nd4j.getExecutioner().exec(operator);
  }

  /** {@code array = value} everywhere, strided or not. */
  public Kernel fill(INDArray array, double value) {
    return bind(new ScalarSet(array, null, array, value));
  }

  /** {@code array *= value}. */
  public Kernel scale(INDArray array, double value) {
    return bind(new ScalarMultiplication(array, null, array, value));
  }

  /** {@code array = value - array}. */
  public Kernel subtractFrom(double value, INDArray array) {
    return bind(new ScalarReverseSubtraction(array, null, array, value));
  }

  /** {@code out[i] = sum_j in[i,j]}: one sum per row, each computed from its own row alone. */
  public Kernel rowSums(INDArray in, INDArray out) {
    OpContext context = context(new INDArray[] {in}, out);
    context.setIArguments(1);
    return bind("reduce_sum", context);
  }

  private OpContext context(INDArray[] in, INDArray out) {
    OpContext context = Nd4j.getExecutioner().buildContext();
    context.setInputArrays(in);
    context.setOutputArrays(out);
    contexts.add(context);
    return context;
  }

  private static Kernel bind(String name, OpContext context) {
    DynamicCustomOp operator = DynamicCustomOp.builder(name).build();
    return ON_CPU
        ? CpuKernels.of(operator, context)
        : () -> Nd4j.getExecutioner().exec(operator, context);
  }

  private static Kernel bind(ScalarOp operator) {
    return ON_CPU ? CpuKernels.of(operator) : () -> Nd4j.getExecutioner().exec(operator);
  }

  @Override
  public void close() {
    int closed = contexts.size();
    for (OpContext context : contexts) {
      try {
        context.close();
      } catch (Exception e) {
        throw new IllegalStateException("an operator's context could not be freed", e);
      }
    }
    contexts.clear();
    for (INDArray array : arrays) {
      array.close();
    }
    arrays.clear();
    sharedZeros = null;
    bytes = 0;
    collectAfter(closed);
  }

  /**
   * Has the collector look where much was left to it: views of arrays, and what contexts hold of
   * them, are freed with their Java objects alone, which are small, so that by itself it would come
   * to them only after some GiB of what it does not see.
   */
  private static void collectAfter(int closed) {
    if (ABANDONED.addAndGet(closed) > ABANDONED_LIMIT) {
      ABANDONED.set(0);
      System.gc();
    }
  }

  /** Whether a matrix product replaces what the result held or is added to it. */
  public enum Sum {
    /** Overwrite the result. */
    SET,
    /** Add to the result. */
    ADD
  }

  /** A matrix as it enters a product: as it is, or transposed. */
  public static final class Factor {
    private final INDArray array;
    private final boolean transposed;

    private Factor(INDArray array, boolean transposed) {
      this.array = array;
      this.transposed = transposed;
    }

    /** The matrix as it is. */
    public static Factor of(INDArray matrix) {
      return new Factor(matrix, false);
    }

    /** The matrix transposed. */
    public static Factor transposed(INDArray matrix) {
      return new Factor(matrix, true);
    }
  }
}
