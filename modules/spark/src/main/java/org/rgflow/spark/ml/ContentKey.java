package org.rgflow.spark.ml;

import java.nio.ByteBuffer;
import org.rgflow.data.Example;
import org.rgflow.data.Sha256;

/** Names examples that have none: equal ones have one name, so one noise and one score. */
final class ContentKey {
  private ContentKey() {}

  /** SHA-256 of the elements, in hexadecimal. */
  static String of(Example example) {
    byte[] bytes = example.pixels();
    if (bytes == null) {
      ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * example.dimensions());
      buffer.asFloatBuffer().put(example.values());
      bytes = buffer.array();
    }
    return Sha256.hex(bytes);
  }
}
