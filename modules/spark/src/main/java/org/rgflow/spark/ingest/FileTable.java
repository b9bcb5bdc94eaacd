package org.rgflow.spark.ingest;

import java.io.ByteArrayOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Files in the order of their names, in some twenty bytes each, and eight more for a checksum where
 * one is known, so that a driver knows millions.
 *
 * <p>Names are cut where they differ from the one before, in blocks of {@value #BLOCK} of which the
 * first is whole: what is looked up is found by a search among the blocks.
 */
final class FileTable implements Iterable<FileSlice>, Serializable {
  private static final long serialVersionUID = 1L;
  private static final int BLOCK = 32;

  private final String[] roots;
  private final byte[] data;

  /** Where each block begins in the data. */
  private final int[] blocks;

  /** Examples before each block. */
  private final long[] before;

  private final int size;
  private final long count;

  private FileTable(
      String[] roots, byte[] data, int[] blocks, long[] before, int size, long count) {
    this.roots = roots;
    this.data = data;
    this.blocks = blocks;
    this.before = before;
    this.size = size;
    this.count = count;
  }

  /** For serialisers that fill the fields themselves. */
  @SuppressWarnings("unused")
  private FileTable() {
    this(null, null, null, null, 0, 0);
  }

  /** Folders that names are paths in. */
  List<String> roots() {
    return List.of(roots);
  }

  /** Files. */
  int size() {
    return size;
  }

  /** Examples of all files. */
  long count() {
    return count;
  }

  /** The file of a name. */
  Optional<FileSlice> find(String name) {
    int low = 0;
    int high = blocks.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (new Reader(middle).next().name().compareTo(name) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    Reader reader = blocks.length == 0 ? null : new Reader(low);
    for (int i = 0; i < BLOCK && reader != null && reader.hasNext(); i++) {
      FileSlice entry = reader.next();
      if (entry.name().equals(name)) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  @Override
  public Iterator<FileSlice> iterator() {
    return new Reader(0);
  }

  /** The examples from one (inclusive) to another (exclusive), counted over all files. */
  FileTable range(long from, long to) {
    Builder part = new Builder();
    Reader reader = new Reader(blockOf(from));
    long at = blocks.length == 0 ? 0 : before[blockOf(from)];
    while (at < to && reader.hasNext()) {
      FileSlice file = reader.next();
      int first = (int) Math.min(file.count(), Math.max(0, from - at));
      int last = (int) Math.min(file.count(), to - at);
      if (first < last) {
        part.add(file.part(first, last - first));
      }
      at += file.count();
    }
    return part.build();
  }

  /** Contiguous ranges of nearly equal numbers of the examples from one to another. */
  List<FileTable> parts(long from, long to, int parts) {
    List<FileTable> all = new ArrayList<>();
    for (int p = 0; p < parts; p++) {
      all.add(range(from + bound(to - from, p, parts), from + bound(to - from, p + 1, parts)));
    }
    return all;
  }

  /** floor(part count / parts), which needs more than 64 bits on its way. */
  static long bound(long count, int part, int parts) {
    long whole = count / parts;
    long rest = count % parts;
    return whole * part + rest * part / parts;
  }

  /** The last block that begins with an example or before it; files of none may stand there. */
  private int blockOf(long example) {
    int low = 0;
    int high = Math.max(0, blocks.length - 1);
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (before[middle] <= example) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Walks over entries. */
  private final class Reader implements Iterator<FileSlice> {
    private int number;
    private int at;
    private byte[] name = new byte[0];
    private long modified;

    Reader(int block) {
      this.number = block * BLOCK;
      this.at = block < blocks.length ? blocks[block] : data.length;
    }

    @Override
    public boolean hasNext() {
      return number < size;
    }

    @Override
    public FileSlice next() {
      if (!hasNext()) {
        throw new NoSuchElementException("all files are read");
      }
      modified = number % BLOCK == 0 ? 0 : modified;
      int shared = (int) number();
      int rest = (int) number();
      name = Arrays.copyOf(name, shared + rest);
      System.arraycopy(data, at, name, shared, rest);
      at += rest;
      int rootAndMark = (int) number();
      String root = roots[rootAndMark >> 1];
      long bytes = number();
      modified += signed(number());
      long checksum = (rootAndMark & 1) == 0 ? 0 : eightBytes();
      FileInventory.Stamp stamp = new FileInventory.Stamp(bytes, modified, checksum);
      number++;
      return new FileSlice(
          root, new String(name, StandardCharsets.UTF_8), stamp, (int) number(), (int) number());
    }

    private long eightBytes() {
      long value = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        value = value << Byte.SIZE | data[at++] & 0xFF;
      }
      return value;
    }

    private long number() {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = data[at++];
        value |= (long) (next & 0x7F) << shift;
        if (next >= 0) {
          return value;
        }
      }
    }
  }

  private static long signed(long zigzag) {
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  /** Takes files in the order of their names. */
  static final class Builder {
    private final List<String> roots = new ArrayList<>();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private int[] blocks = new int[0];
    private long[] before = new long[0];
    private int size;
    private long count;
    private byte[] last = new byte[0];
    private long modified;

    /** The next file. */
    void add(FileSlice file) {
      byte[] name = file.name().getBytes(StandardCharsets.UTF_8);
      int shared = 0;
      if (size % BLOCK == 0) {
        beginBlock();
      } else {
        int mismatch = Arrays.mismatch(name, last);
        shared = mismatch < 0 ? name.length : mismatch;
      }
      number(shared);
      number(name.length - shared);
      data.write(name, shared, name.length - shared);
      long checksum = file.stamp().checksum();
      number((long) root(file.root()) << 1 | (checksum == 0 ? 0 : 1));
      number(file.stamp().bytes());
      long change = file.stamp().modified() - modified;
      number(change << 1 ^ change >> 63);
      if (checksum != 0) {
        eightBytes(checksum);
      }
      number(file.from());
      number(file.count());
      last = name;
      modified = file.stamp().modified();
      size++;
      count += file.count();
    }

    private void beginBlock() {
      int block = size / BLOCK;
      if (block == blocks.length) {
        blocks = Arrays.copyOf(blocks, block * 2 + 1);
        before = Arrays.copyOf(before, block * 2 + 1);
      }
      blocks[block] = data.size();
      before[block] = count;
      modified = 0;
    }

    private int root(String root) {
      int known = roots.indexOf(root);
      if (known < 0) {
        roots.add(root);
      }
      return known < 0 ? roots.size() - 1 : known;
    }

    private void eightBytes(long value) {
      for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
        data.write((int) (value >>> shift));
      }
    }

    private void number(long value) {
      long left = value;
      while ((left & ~0x7FL) != 0) {
        data.write((int) (left & 0x7F | 0x80));
        left >>>= 7;
      }
      data.write((int) left);
    }

    FileTable build() {
      int full = (size + BLOCK - 1) / BLOCK;
      return new FileTable(
          roots.toArray(String[]::new),
          data.toByteArray(),
          Arrays.copyOf(blocks, full),
          Arrays.copyOf(before, full),
          size,
          count);
    }
  }
}
