package org.rgflow.spark.files;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.rgflow.data.DataException;

/**
 * Remembers that the file system failed, which a decoder's exception no longer tells, and passes
 * over bytes by seeking: some file systems read what is skipped.
 */
public final class WatchedStream extends FilterInputStream {
  private IOException failure;

  /** Watches a stream. */
  public WatchedStream(InputStream in) {
    super(in);
  }

  /** How the file system failed last; null while it did not. */
  public IOException failure() {
    return failure;
  }

  /**
   * Returns the decoder's exception if the bytes are at fault.
   *
   * @throws UncheckedIOException if the file system is
   */
  public DataException cause(DataException decoding) {
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
      return in instanceof FSDataInputStream file ? seek(file, length) : super.skip(length);
    } catch (IOException e) {
      throw remember(e);
    }
  }

  /** Not past what is there, of which some file systems know no more than this. */
  private static long seek(FSDataInputStream file, long length) throws IOException {
    long passed = Math.min(length, file.available());
    if (passed <= 0) {
      return file.skip(length);
    }
    file.seek(file.getPos() + passed);
    return passed;
  }

  /** Bytes that are not those once written, or end, will be no better at another attempt. */
  private IOException remember(IOException e) {
    if (!(e instanceof ChecksumException || e instanceof EOFException)) {
      failure = e;
    }
    return e;
  }
}
