package org.rgflow.flow.tensor;

import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.ops.impl.transforms.any.Assign;
import org.nd4j.linalg.cpu.nativecpu.buffer.BaseCpuDataBuffer;
import org.nd4j.linalg.cpu.nativecpu.ops.NativeOpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.nd4j.nativeblas.OpaqueDataBuffer;

/**
 * Operators of ND4J's CPU backend by their native functions alone, each of which its executioner
 * wraps in further calls: they cost a small array more than the operator does.
 *
 * <p>The first run is the executioner's, which checks types and shapes; and so is every run while
 * another stands in its place, to watch. Of another backend this class must not be loaded.
 */
final class CpuKernels {
  private static final NativeOps NATIVE = NativeOpsHolder.getInstance().getDeviceNativeOps();

  private CpuKernels() {}

  static Kernel of(CustomOp operator, OpContext context) {
    long hash = operator.opHash();
    Pointer pointer = context.contextPointer();
    return new Checked(
        () -> {
          Nd4j.getExecutioner().exec(operator, context);
          context.markInplace(true); // its shapes are right: they need not be inferred again
        },
        () -> {
          if (NATIVE.execCustomOp2(null, hash, pointer) != 0) {
            throw failure(operator.opName());
          }
        });
  }

  static Kernel of(Assign operator) {
    int number = operator.opNum();
    Operand in = new Operand(operator.x());
    Operand out = new Operand(operator.z());
    return new Checked(
        () -> Nd4j.getExecutioner().exec(operator),
        () -> {
          NATIVE.execTransformAny(
              null, number, in.buffer, in.shape, null, out.buffer, out.shape, null, null);
          requireSuccess(operator.opName());
        });
  }

  static Kernel of(ScalarOp operator) {
    int number = operator.opNum();
    Operand in = new Operand(operator.x());
    Operand out = new Operand(operator.z());
    Operand scalar = new Operand(operator.scalar());
    return new Checked(
        () -> Nd4j.getExecutioner().exec(operator),
        () -> {
          NATIVE.execScalar(
              null,
              number,
              in.buffer,
              in.shape,
              null,
              out.buffer,
              out.shape,
              null,
              scalar.buffer,
              scalar.shape,
              null,
              null);
          requireSuccess(operator.opName());
        });
  }

  private static void requireSuccess(String operator) {
    if (NATIVE.lastErrorCode() != 0) {
      throw failure(operator);
    }
  }

  private static IllegalStateException failure(String operator) {
    return new IllegalStateException(operator + " failed: " + NATIVE.lastErrorMessage());
  }

  /** An array as native functions take it. */
  private static final class Operand {
    private final OpaqueDataBuffer buffer;
    private final LongPointer shape;

    Operand(INDArray array) {
      this.buffer = ((BaseCpuDataBuffer) array.data()).getOpaqueDataBuffer();
      this.shape = (LongPointer) array.shapeInfoDataBuffer().addressPointer();
    }
  }

  /** Goes through ND4J's executioner once, and again where that is not its own. */
  private static final class Checked implements Kernel {
    private final Kernel checked;
    private final Kernel bare;
    private boolean isChecked;

    Checked(Kernel checked, Kernel bare) {
      this.checked = checked;
      this.bare = bare;
    }

    @Override
    public void run() {
      if (isChecked && Nd4j.getExecutioner() instanceof NativeOpExecutioner) {
        bare.run();
      } else {
        checked.run();
        isChecked = true;
      }
    }
  }
}
