package org.rgflow.spark.ingest;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.data.ExampleFormat;
import org.rgflow.data.ExampleReader;

/** A file of a format that is read as a stream of bytes. */
final class StreamSource implements ExampleSource {
  private final WatchedStream stream;
  private final ExampleReader reader;

  StreamSource(Path path, String name, Configuration hadoop, int channels) throws IOException {
    ExampleFormat format = ExampleFormat.require(name);
    FileSystem files = path.getFileSystem(hadoop);
    this.stream = new WatchedStream(files.open(path));
    try {
      this.reader = format.open(name, stream, channels, () -> length(files, path));
    } catch (DataException e) {
      throw stream.cause(e);
    }
  }

  private static long length(FileSystem files, Path path) {
    try {
      return files.getFileStatus(path).getLen();
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": " + e.getMessage(), e);
    }
  }

  @Override
  public int count() {
    return reader.count();
  }

  @Override
  public void skip(int n) {
    try {
      reader.skip(n);
    } catch (DataException e) {
      throw stream.cause(e);
    }
  }

  @Override
  public DecodedExample next(String key) {
    try {
      return DecodedExample.of(reader.next());
    } catch (DataException e) {
      return DecodedExample.failed(key, stream.cause(e).getMessage());
    }
  }

  @Override
  public void close() {
    reader.close();
  }

  /** Remembers that the file system failed, which a decoder's exception no longer tells. */
  private static final class WatchedStream extends FilterInputStream {
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
}
