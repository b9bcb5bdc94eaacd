package org.rgflow.cli.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.rgflow.spark.ConstantNames;

/**
 * One key of the configuration: its name, type, default, allowed values and meaning.
 *
 * @param <T> type of its values
 */
public final class Key<T> {
  /** Text that YAML reads as itself without quotes. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_./](?:[A-Za-z0-9_./+=*-]|:/)*");

  private final String name;
  private final String type;
  private final T fallback;
  private final String allowed;
  private final String meaning;
  private final Function<String, T> reader;
  private final Predicate<T> test;
  private final Function<T, String> writer;

  private Key(
      String name,
      String type,
      T fallback,
      String allowed,
      String meaning,
      Function<String, T> reader,
      Predicate<T> test,
      Function<T, String> writer) {
    this.name = name;
    this.type = type;
    this.fallback = fallback;
    this.allowed = allowed;
    this.meaning = meaning;
    this.reader = reader;
    this.test = test;
    this.writer = writer;
  }

  static Key<Integer> integer(String name, int fallback, String interval, String meaning) {
    Interval range = Interval.of(interval);
    return new Key<>(
        name,
        "an integer",
        fallback,
        "in " + range,
        meaning,
        Integer::valueOf,
        value -> range.contains(value),
        Object::toString);
  }

  static Key<Integer> oddInteger(String name, int fallback, String interval, String meaning) {
    Interval range = Interval.of(interval);
    return new Key<>(
        name,
        "",
        fallback,
        "an odd integer in " + range,
        meaning,
        Integer::valueOf,
        value -> value % 2 != 0 && range.contains(value),
        Object::toString);
  }

  static Key<Long> seed(String name, String meaning) {
    return new Key<>(
        name, "an integer", 0L, "of 64 bits", meaning, Long::valueOf, v -> true, Object::toString);
  }

  static Key<Double> number(String name, double fallback, String interval, String meaning) {
    Interval range = Interval.of(interval);
    return new Key<>(
        name,
        "a number",
        fallback,
        "in " + range,
        meaning,
        Double::valueOf,
        range::contains,
        Key::digits);
  }

  static Key<List<Double>> numbers(
      String name, List<Double> fallback, String interval, String meaning) {
    Interval range = Interval.of(interval);
    return new Key<>(
        name,
        "a number or a list of numbers",
        fallback,
        "in " + range,
        meaning,
        text -> list(text).stream().map(Double::valueOf).toList(),
        values -> !values.isEmpty() && values.stream().allMatch(range::contains),
        Key::writeNumbers);
  }

  private static String writeNumbers(List<Double> values) {
    return values.size() == 1
        ? digits(values.get(0))
        : values.stream().map(Key::digits).collect(Collectors.joining(", ", "[", "]"));
  }

  static Key<Boolean> flag(String name, boolean fallback, String meaning) {
    Map<String, Boolean> values = Map.of("true", true, "false", false);
    return new Key<>(
        name,
        "",
        fallback,
        "one of true, false",
        meaning,
        text -> values.get(text.toLowerCase(Locale.ROOT)), // YAML has True too
        value -> value != null,
        Object::toString);
  }

  /** An enum's constants in kebab-case: {@code closed-form}. */
  static <E extends Enum<E>> Key<E> choice(String name, E fallback, String meaning) {
    Map<String, E> values = new LinkedHashMap<>();
    for (E value : fallback.getDeclaringClass().getEnumConstants()) {
      values.put(ConstantNames.of(value), value);
    }
    return choice(name, values, fallback, meaning);
  }

  /** One of several values by name. */
  static <T> Key<T> choice(String name, Map<String, T> values, T fallback, String meaning) {
    Map<T, String> names = new LinkedHashMap<>();
    values.forEach((text, value) -> names.put(value, text));
    return new Key<>(
        name,
        "",
        fallback,
        "one of " + String.join(", ", values.keySet()),
        meaning,
        values::get,
        value -> value != null,
        names::get);
  }

  static Key<String> text(String name, String meaning) {
    return new Key<>(name, "text", "", "", meaning, text -> text, v -> true, Key::quote);
  }

  static Key<List<String>> texts(String name, String meaning) {
    return new Key<>(
        name, "a list of texts", List.of(), "", meaning, Key::list, v -> true, Key::writeList);
  }

  static Key<List<Integer>> integers(
      String name, List<Integer> fallback, String interval, String meaning) {
    Interval range = Interval.of(interval);
    return new Key<>(
        name,
        "a list of integers",
        fallback,
        "in " + range,
        meaning,
        text -> list(text).stream().map(Integer::valueOf).toList(),
        values -> values.stream().allMatch(range::contains),
        Object::toString);
  }

  /** A YAML flow sequence, or items with commas between them. */
  private static List<String> list(String text) {
    if (text.startsWith("[")) {
      try {
        Object items = YamlTexts.documents(text.getBytes(StandardCharsets.UTF_8)).get(0);
        return ((List<?>) items).stream().map(String::valueOf).toList();
      } catch (IOException e) {
        throw new IllegalArgumentException(e);
      }
    }
    return Arrays.stream(text.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  /** The YAML text of a list of texts. */
  public static String writeList(List<String> items) {
    return items.stream().map(Key::quote).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String quote(String text) {
    return PLAIN.matcher(text).matches()
        ? text
        : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String digits(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e7
        ? Long.toString((long) value)
        : Double.toString(value).replace(".0E", "e").replace('E', 'e');
  }

  /** Dotted: {@code train.batch}. */
  public String name() {
    return name;
  }

  /** What stands before the first dot. */
  public String section() {
    return name.substring(0, name.indexOf('.'));
  }

  /** The default. */
  public T fallback() {
    return fallback;
  }

  /** Type and allowed values, as in {@code an integer in [1, 65536]}. */
  public String allowed() {
    return (type + " " + allowed).strip();
  }

  /** One sentence. */
  public String meaning() {
    return meaning;
  }

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException naming the key, what is allowed and the text
   */
  public T read(String text) {
    T value;
    try {
      value = reader.apply(text.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " must be " + allowed() + ", was " + text, e);
    }
    if (!test.test(value)) {
      throw new IllegalArgumentException(name + " must be " + allowed + ", was " + text);
    }
    return value;
  }

  /** The YAML text of a value, which {@link #read} takes back. */
  public String write(T value) {
    return writer.apply(value);
  }
}
