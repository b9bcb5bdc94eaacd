package org.rgflow.flow.energy;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** What an energy is made from: texts by name, as {@code energy.NAME} of a configuration. */
public final class EnergySettings {
  private final Map<String, String> texts;

  /** Settings by their names without {@code energy.}. */
  public EnergySettings(Map<String, String> texts) {
    this.texts = new TreeMap<>(texts);
  }

  /**
   * The text of a setting.
   *
   * @throws IllegalArgumentException if there is none
   */
  public String text(String name) {
    String text = texts.get(name);
    if (text == null) {
      throw new IllegalArgumentException("energy." + name + " must be given, was none");
    }
    return text;
  }

  /** A number. */
  public double number(String name) {
    return read(name, "a number", Double::valueOf);
  }

  /** An integer. */
  public int integer(String name) {
    return read(name, "an integer", Integer::valueOf);
  }

  /** Integers with commas between them, in brackets or not: {@code [16, 16]}. */
  public int[] integers(String name) {
    return read(
        name,
        "a list of integers",
        text -> {
          String items = text.replaceAll("^\\[|]$", "");
          return Arrays.stream(items.split(","))
              .mapToInt(i -> Integer.parseInt(i.strip()))
              .toArray();
        });
  }

  /** {@code channels} values at the sites of {@code lattice}. */
  public Lattice lattice() {
    return new Lattice(integer("channels"), integers("lattice"));
  }

  private <T> T read(String name, String kind, Function<String, T> reader) {
    String text = text(name).strip();
    try {
      return reader.apply(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "energy." + name + " must be " + kind + ", was " + text, e);
    }
  }

  static void requirePositive(String name, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("energy." + name + " must be positive, was " + value);
    }
  }
}
