package org.rgflow.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * An array of a npy file: a type, a shape and its elements in C order (last axis fastest).
 *
 * <p>The elements are kept as little-endian bytes and converted when asked for.
 */
public final class NpyArray {
  /** The element types that can be read and written. */
  public enum Type {
    FLOAT32("f4", 4),
    FLOAT64("f8", 8),
    INT8("i1", 1),
    UINT8("u1", 1),
    INT16("i2", 2),
    INT32("i4", 4),
    INT64("i8", 8),
    BOOL("b1", 1);

    private final String code;
    private final int bytes;

    Type(String code, int bytes) {
      this.code = code;
      this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
      return bytes;
    }

    boolean isFloating() {
      return this == FLOAT32 || this == FLOAT64;
    }

    /** The type as npy headers spell it, without byte order. */
    String code() {
      return code;
    }

    static Type ofCode(NamedStream in, String code) {
      for (Type type : values()) {
        if (type.code.equals(code)) {
          return type;
        }
      }
      String allowed =
          Arrays.stream(values())
              .map(type -> type.name().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
      throw in.error("npy dtype " + code + "; allowed: " + allowed);
    }
  }

  private final Type type;
  private final int[] shape;
  private final byte[] bytes;

  /** An array over its little-endian bytes, which are not copied. */
  NpyArray(Type type, int[] shape, byte[] bytes) {
    this.type = type;
    this.shape = shape.clone();
    this.bytes = bytes;
    long elements = 1;
    for (int length : shape) {
      if (length < 0) {
        throw new DataException(
            "npy shape " + NpyHeader.text(shape) + "; allowed: no negative axis");
      }
      elements *= length;
    }
    if (elements * type.bytes != bytes.length) {
      throw new DataException(
          "npy shape "
              + NpyHeader.text(shape)
              + " was given "
              + bytes.length / type.bytes
              + " elements; allowed: "
              + elements);
    }
  }

  /**
   * A float32 array; no shape at all is a single number.
   *
   * @throws DataException unless the elements fill the shape
   */
  public static NpyArray of(float[] elements, int... shape) {
    ByteBuffer buffer = allocate(Type.FLOAT32, elements.length);
    buffer.asFloatBuffer().put(elements);
    return new NpyArray(Type.FLOAT32, shape, buffer.array());
  }

  /** A float64 array, as {@link #of(float[], int...)}. */
  public static NpyArray of(double[] elements, int... shape) {
    ByteBuffer buffer = allocate(Type.FLOAT64, elements.length);
    buffer.asDoubleBuffer().put(elements);
    return new NpyArray(Type.FLOAT64, shape, buffer.array());
  }

  /** An int64 array, as {@link #of(float[], int...)}. */
  public static NpyArray of(long[] elements, int... shape) {
    ByteBuffer buffer = allocate(Type.INT64, elements.length);
    buffer.asLongBuffer().put(elements);
    return new NpyArray(Type.INT64, shape, buffer.array());
  }

  /** A uint8 array, as {@link #of(float[], int...)}. */
  public static NpyArray of(byte[] elements, int... shape) {
    return new NpyArray(Type.UINT8, shape, elements.clone());
  }

  public Type type() {
    return type;
  }

  /** The lengths of the axes, a copy; empty for a single number. */
  public int[] shape() {
    return shape.clone();
  }

  /** Number of elements, the product of the axes. */
  public int size() {
    return bytes.length / type.bytes;
  }

  /** The elements rounded to float. */
  public float[] floats() {
    float[] elements = new float[size()];
    ByteBuffer buffer = buffer();
    if (type == Type.FLOAT32) {
      buffer.asFloatBuffer().get(elements);
    } else {
      for (int i = 0; i < elements.length; i++) {
        elements[i] = type == Type.FLOAT64 ? (float) buffer.getDouble(8 * i) : integer(buffer, i);
      }
    }
    return elements;
  }

  /** The elements as double, rounded only if int64. */
  public double[] doubles() {
    double[] elements = new double[size()];
    ByteBuffer buffer = buffer();
    if (type == Type.FLOAT64) {
      buffer.asDoubleBuffer().get(elements);
    } else {
      for (int i = 0; i < elements.length; i++) {
        elements[i] = type == Type.FLOAT32 ? buffer.getFloat(4 * i) : (double) integer(buffer, i);
      }
    }
    return elements;
  }

  /**
   * The elements of an integer or boolean array, true as 1.
   *
   * @throws DataException if the elements are floating-point numbers
   */
  public long[] longs() {
    if (type.isFloating()) {
      throw new DataException(
          "npy " + this + " asked for integers; allowed: integers and booleans");
    }
    long[] elements = new long[size()];
    ByteBuffer buffer = buffer();
    for (int i = 0; i < elements.length; i++) {
      elements[i] = integer(buffer, i);
    }
    return elements;
  }

  /**
   * The elements of an array of one byte each, a copy; 200 as uint8 is (byte) 200.
   *
   * @throws DataException if an element takes more than one byte
   */
  public byte[] bytes() {
    if (type.bytes != 1) {
      throw new DataException("npy " + this + " asked for bytes; allowed: uint8, int8 and bool");
    }
    return bytes.clone();
  }

  /** The elements as little-endian bytes, the array's own. */
  byte[] littleEndian() {
    return bytes;
  }

  private long integer(ByteBuffer buffer, int index) {
    return switch (type) {
      case INT8 -> buffer.get(index);
      case UINT8 -> buffer.get(index) & 0xFF;
      case BOOL -> buffer.get(index) == 0 ? 0 : 1;
      case INT16 -> buffer.getShort(2 * index);
      case INT32 -> buffer.getInt(4 * index);
      case INT64 -> buffer.getLong(8 * index);
      case FLOAT32, FLOAT64 -> throw new IllegalStateException("not an integer type: " + type);
    };
  }

  private ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer allocate(Type type, int elements) {
    long bytes = (long) elements * type.bytes;
    if (bytes > Integer.MAX_VALUE) {
      throw new DataException("npy array of " + bytes + " bytes; allowed: " + Integer.MAX_VALUE);
    }
    return ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Type and shape, such as {@code float32 (3, 4)}. */
  @Override
  public String toString() {
    return type.name().toLowerCase(Locale.ROOT) + " " + NpyHeader.text(shape);
  }
}
