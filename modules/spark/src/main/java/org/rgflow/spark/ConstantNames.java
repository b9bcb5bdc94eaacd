package org.rgflow.spark;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The constants of enums by their names in kebab-case, {@code flow-matching}, as users see them.
 */
public final class ConstantNames {
  private ConstantNames() {}

  /** The name of a constant. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The names of all constants, in their order. */
  public static <E extends Enum<E>> List<String> all(Class<E> type) {
    return Arrays.stream(type.getEnumConstants()).map(ConstantNames::of).toList();
  }

  /**
   * The constant of a name.
   *
   * @throws IllegalArgumentException if it is none's
   */
  public static <E extends Enum<E>> E constant(Class<E> type, String name) {
    return Enum.valueOf(type, name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
