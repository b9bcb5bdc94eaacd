package org.rgflow.spark.files;

import java.io.IOException;
import java.io.OutputStream;

/**
 * What a file is to hold, made while it is written: it need not lie in memory as a whole.
 *
 * <p>Asked again, it writes the same bytes.
 */
@FunctionalInterface
public interface Content {
  /** Writes it; the stream stays open. */
  void writeTo(OutputStream out) throws IOException;

  /** Bytes that are there. */
  static Content of(byte[] bytes) {
    return out -> out.write(bytes);
  }
}
