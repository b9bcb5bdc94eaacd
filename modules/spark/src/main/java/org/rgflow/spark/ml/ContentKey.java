package org.rgflow.spark.ml;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.rgflow.data.Example;

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
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
