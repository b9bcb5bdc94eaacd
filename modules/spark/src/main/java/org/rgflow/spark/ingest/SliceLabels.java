package org.rgflow.spark.ingest;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.ExampleFormat;
import org.rgflow.spark.files.WatchedStream;
import org.rgflow.spark.files.WholeFiles;

/**
 * Of which class the examples of a slice are: what their file says of each, else a file of labels
 * beside it, as of MNIST's format, else the name of the folder they are in.
 */
final class SliceLabels {
  private final FileSlice slice;
  private final int[] numbers;

  private SliceLabels(FileSlice slice, int[] numbers) {
    this.slice = slice;
    this.numbers = numbers;
  }

  /**
   * The files of labels beside those of images, each once, as they are now.
   *
   * @throws DataException if the file system does not tell
   */
  static FileTable files(FileTable images, Configuration hadoop) {
    FileSorter labels = new FileSorter();
    for (FileSlice file : images) {
      name(file)
          .flatMap(name -> listed(new FileSlice(file.root(), name, file.stamp(), 0, 1), hadoop))
          .ifPresent(labels::add);
    }
    return labels.sorted((one, again) -> one);
  }

  /**
   * What the file of labels is called beside a slice's, its path in the root; empty if none can be.
   */
  static Optional<String> name(FileSlice slice) {
    int folder = slice.name().lastIndexOf('/') + 1;
    return ExampleFormat.labelsOf(slice.name().substring(folder))
        .map(name -> slice.name().substring(0, folder) + name);
  }

  private static Optional<FileSlice> listed(FileSlice labels, Configuration hadoop) {
    Path path = labels.path();
    try {
      FileStatus status = path.getFileSystem(hadoop).getFileStatus(path);
      return Optional.of(FileListing.entry(labels.root(), labels.name(), status));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw WholeFiles.unreachable(path.toString(), e);
    }
  }

  /**
   * Reads the file of labels, if there is one.
   *
   * @throws DataException if it cannot be read, or is of fewer examples
   */
  static SliceLabels of(FileSlice slice, Configuration hadoop) {
    Path images = slice.path();
    Optional<String> name = ExampleFormat.labelsOf(images.getName());
    if (name.isEmpty()) {
      return new SliceLabels(slice, null);
    }
    Path labels = new Path(images.getParent(), name.get());
    try {
      FileSystem files = labels.getFileSystem(hadoop);
      if (!files.exists(labels)) {
        return new SliceLabels(slice, null);
      }
      WatchedStream stream = new WatchedStream(files.open(labels));
      try {
        int[] numbers = ExampleFormat.labels(name.get(), stream);
        requireEnough(name.get(), numbers, slice);
        return new SliceLabels(slice, numbers);
      } catch (DataException e) {
        throw stream.cause(e);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(labels + ": " + e.getMessage(), e);
    }
  }

  private static void requireEnough(String name, int[] numbers, FileSlice slice) {
    int needed = slice.from() + slice.count();
    if (numbers.length < needed) {
      throw new DataException(
          name
              + ": "
              + numbers.length
              + " labels; allowed: one for each image of "
              + slice.name()
              + ", of which there are "
              + needed
              + " or more");
    }
  }

  /**
   * An example with its class.
   *
   * @param i its place in the file
   */
  Example label(Example example, int i) {
    if (example.label() != null) {
      return example;
    }
    return example.labelled(numbers == null ? folder(example.key()) : String.valueOf(numbers[i]));
  }

  private String folder(String key) {
    int end = key.lastIndexOf('/');
    return end < 0
        ? new Path(slice.root()).getName()
        : key.substring(key.lastIndexOf('/', end - 1) + 1, end);
  }
}
