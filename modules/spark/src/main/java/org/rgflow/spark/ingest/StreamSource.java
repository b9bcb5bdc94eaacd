package org.rgflow.spark.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.data.ExampleFormat;
import org.rgflow.data.ExampleReader;
import org.rgflow.spark.files.WatchedStream;

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
}
