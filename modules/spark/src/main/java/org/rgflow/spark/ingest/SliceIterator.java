package org.rgflow.spark.ingest;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.rgflow.data.DataException;

/** The selected examples of slices, one file open at a time, each decoded when asked for. */
final class SliceIterator implements Iterator<DecodedExample>, AutoCloseable {
  private final Iterator<FileSlice> files;
  private final Configuration hadoop;
  private final int channels;
  private final Selection select;
  private final boolean areLabelled;
  private FileSlice slice;
  private int index;
  private ExampleSource source;
  private SliceLabels labels;
  private String openingError;
  private DecodedExample ahead;

  /**
   * @param areLabelled whether examples get their classes
   */
  SliceIterator(
      FileTable files, Configuration hadoop, int channels, Selection select, boolean areLabelled) {
    this.files = files.iterator();
    this.hadoop = hadoop;
    this.channels = channels;
    this.select = select;
    this.areLabelled = areLabelled;
  }

  @Override
  public boolean hasNext() {
    while (ahead == null && (slice != null || files.hasNext())) {
      if (slice == null) {
        slice = files.next();
        index = 0;
      } else if (index == slice.count()) {
        close();
        slice = null;
      } else {
        ahead = read(slice, slice.from() + index);
        index++;
      }
    }
    return ahead != null;
  }

  @Override
  public DecodedExample next() {
    if (!hasNext()) {
      throw new NoSuchElementException("all slices are read");
    }
    DecodedExample next = ahead;
    ahead = null;
    return next;
  }

  /**
   * An error of the example that came last, with its file's path where it begins with the file's
   * name, or before it: of what a table or an archive names itself.
   */
  String placed(String error) {
    return error.startsWith(slice.name())
        ? slice.path() + error.substring(slice.name().length())
        : slice.path() + ": " + error;
  }

  /** The example, or null if it is not selected; unselected ones are not decoded where possible. */
  private DecodedExample read(FileSlice from, int i) {
    String key = from.key(i);
    boolean isKeyCertain = !from.kind().namesItsExamples();
    if (from.kind() == FileKind.IMAGE && !select.test(key)) {
      return null;
    }
    open(from);
    if (openingError != null) {
      return select.test(key) ? DecodedExample.failed(key, openingError) : null;
    }
    if (isKeyCertain && !select.test(key)) {
      return pass(key);
    }
    DecodedExample example = source.next(key);
    return select.test(example.key()) ? labelled(example, i) : null;
  }

  private DecodedExample labelled(DecodedExample decoded, int i) {
    return areLabelled && decoded.error() == null
        ? DecodedExample.of(labels.label(decoded.example(), i))
        : decoded;
  }

  private DecodedExample pass(String key) {
    try {
      source.skip(1);
    } catch (DataException e) {
      close();
      openingError = e.getMessage();
    }
    return null;
  }

  private void open(FileSlice from) {
    if (source != null || openingError != null) {
      return;
    }
    try {
      source = ExampleSource.open(from, hadoop, channels);
      source.skip(from.from());
      labels = areLabelled ? SliceLabels.of(from, hadoop) : null;
    } catch (DataException e) {
      close();
      openingError = e.getMessage();
    }
  }

  @Override
  public void close() {
    openingError = null;
    if (source != null) {
      source.close();
      source = null;
    }
  }
}
