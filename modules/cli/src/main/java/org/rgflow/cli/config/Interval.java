package org.rgflow.cli.config;

/**
 * The numbers that a key allows, written as mathematicians do: {@code [1, 65536]}, {@code (0, 1)},
 * {@code [0, inf)}.
 */
record Interval(String text, double low, double high) {
  /** Reads the notation. */
  static Interval of(String text) {
    String[] ends = text.substring(1, text.length() - 1).split(", ");
    double high = ends[1].equals("inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(ends[1]);
    return new Interval(text, Double.parseDouble(ends[0]), high);
  }

  boolean contains(double value) {
    return (text.startsWith("[") ? value >= low : value > low)
        && (text.endsWith("]") ? value <= high : value < high);
  }

  @Override
  public String toString() {
    return text;
  }
}
