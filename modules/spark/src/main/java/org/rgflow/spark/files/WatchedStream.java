package org.rgflow.spark.ingest;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.ChecksumException;
import org.rgflow.data.DataException;

/** Remembers that the file system failed, which a decoder's exception no longer tells. */
final class WatchedStream extends FilterInputStream {
  private IOException failure;

  WatchedStream(InputStream in) {
    super(in);
  }

  /**
   * Returns the decoder's exception if the bytes are at fault.
   *
   * @throws UncheckedIOException if the file system is
   */
  DataException cause(DataException decoding) {
    if (failure != null) {
      throw new UncheckedIOException(decoding.getMessage(), failure);
    }
    return decoding;
  }

  @Override
  public int read() throws IOException {
    try {
      return super.read();
    } catch (IOException e) {
      throw remember(e);
    }
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      return super.read(bytes, offset, length);
    } catch (IOException e) {
      throw remember(e);
    }
  }

  @Override
  public long skip(long length) throws IOException {
    try {
      return super.skip(length);
    } catch (IOException e) {
      throw remember(e);
    }
  }

  /** Bytes that are not those once written, or end, will be no better at another attempt. */
  private IOException remember(IOException e) {
    if (!(e instanceof ChecksumException || e instanceof EOFException)) {
      failure = e;
    }
    return e;
  }
}
