package org.rgflow.spark.model;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Remembers that the stream below failed, which those who read it make other exceptions of. */
final class FailingStream extends FilterInputStream {
  private IOException failure;

  FailingStream(InputStream in) {
    super(in);
  }

  /** What the stream below threw last; null while it did not. */
  IOException failure() {
    return failure;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int from, int count) throws IOException {
    try {
      return in.read(bytes, from, count);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }
}
