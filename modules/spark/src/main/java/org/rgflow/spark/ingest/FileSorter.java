package org.rgflow.spark.ingest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BinaryOperator;

/**
 * Brings files into the order of their names: sorted runs are packed as they fill, and merged at
 * the end, so that few are there as objects.
 */
final class FileSorter {
  private static final int RUN = 1 << 16;

  private final List<FileSlice> run = new ArrayList<>();
  private final List<FileTable> runs = new ArrayList<>();

  /** A file, by any thread. */
  synchronized void add(FileSlice file) {
    run.add(file);
    if (run.size() == RUN) {
      pack();
    }
  }

  private void pack() {
    run.sort(Comparator.comparing(FileSlice::name));
    FileTable.Builder packed = new FileTable.Builder();
    run.forEach(packed::add);
    runs.add(packed.build());
    run.clear();
  }

  /**
   * All files.
   *
   * @param ofOneName what becomes of two of one name, in the order they came in
   */
  synchronized FileTable sorted(BinaryOperator<FileSlice> ofOneName) {
    if (!run.isEmpty()) {
      pack();
    }
    return merged(runs, ofOneName);
  }

  /** The files of tables; see {@link #sorted}. */
  static FileTable merged(List<FileTable> tables, BinaryOperator<FileSlice> ofOneName) {
    PriorityQueue<Head> heads =
        new PriorityQueue<>(
            Comparator.comparing((Head head) -> head.first.name())
                .thenComparing(head -> head.table));
    for (int t = 0; t < tables.size(); t++) {
      Head head = new Head(t, tables.get(t).iterator());
      if (head.advance()) {
        heads.add(head);
      }
    }
    FileTable.Builder all = new FileTable.Builder();
    FileSlice last = null;
    while (!heads.isEmpty()) {
      Head head = heads.poll();
      FileSlice next = head.first;
      if (head.advance()) {
        heads.add(head);
      }
      boolean isSame = last != null && last.name().equals(next.name());
      if (last != null && !isSame) {
        all.add(last);
      }
      last = isSame ? ofOneName.apply(last, next) : next;
    }
    if (last != null) {
      all.add(last);
    }
    return all.build();
  }

  /** Of a table the first file that is not taken yet. */
  private static final class Head {
    private final int table;
    private final Iterator<FileSlice> files;
    private FileSlice first;

    Head(int table, Iterator<FileSlice> files) {
      this.table = table;
      this.files = files;
    }

    boolean advance() {
      first = files.hasNext() ? files.next() : null;
      return first != null;
    }
  }
}
