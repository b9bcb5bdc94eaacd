package org.rgflow.cli.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers as a reader wants them. */
public final class Numbers {
  private static final MathContext SIX_DIGITS = new MathContext(6, RoundingMode.HALF_EVEN);
  private static final MathContext FOUR_DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);

  /** At the end of a whole number that is read aloud without an exponent. */
  private static final int MOST_ZEROS = 9;

  private Numbers() {}

  /** {@link String#format} of the root locale. */
  static String of(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** A finite number to six digits. */
  static String significant(double value) {
    return BigDecimal.valueOf(value).round(SIX_DIGITS).toString();
  }

  /** A finite number to four digits, as it is read aloud. */
  static String spoken(double value) {
    BigDecimal rounded = BigDecimal.valueOf(value).round(FOUR_DIGITS).stripTrailingZeros();
    boolean isWhole = rounded.scale() < 0 && rounded.scale() > -MOST_ZEROS;
    return isWhole ? rounded.toPlainString() : rounded.toString();
  }

  /** The two leading units: {@code 42 s}, {@code 3 min 20 s}, {@code 2 h 5 min}. */
  public static String duration(double seconds) {
    long whole = Math.round(seconds);
    long minutes = whole / 60;
    return whole < 60
        ? whole + " s"
        : minutes < 60
            ? minutes + " min " + whole % 60 + " s"
            : minutes / 60 + " h " + minutes % 60 + " min";
  }
}
