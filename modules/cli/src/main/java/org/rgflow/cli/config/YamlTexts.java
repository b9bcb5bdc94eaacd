package org.rgflow.cli.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.snakeyaml.error.MarkedYAMLException;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * YAML whose values are the texts that stand there: what they mean, a key says, and to YAML {@code
 * 010} would be 8 and {@code 1.10} be 1.1.
 */
final class YamlTexts {
  private static final JsonFactory YAML =
      new YAMLFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private YamlTexts() {}

  /**
   * The documents of a text: each a map, a list or a text, of the same and of nulls; empty ones are
   * left out.
   *
   * @throws IOException of which {@link #reason} tells, if it is not YAML in UTF-8
   */
  static List<Object> documents(byte[] text) throws IOException {
    requireUtf8(text);
    List<Object> documents = new ArrayList<>();
    try (JsonParser in = YAML.createParser(text)) {
      while (in.nextToken() != null) {
        documents.add(value(in));
      }
    }
    documents.removeIf(Objects::isNull);
    return documents;
  }

  /** The parser reads ahead, and does not know the line. */
  private static void requireUtf8(byte[] text) throws CharConversionException {
    CharBuffer decoded = CharBuffer.allocate(text.length);
    boolean isUtf8 =
        !StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text), decoded, true).isError();
    if (!isUtf8) {
      long line = (decoded.flip() + "?").lines().count(); // the mark for what is none
      throw new CharConversionException("not UTF-8 at line " + line);
    }
  }

  private static Object value(JsonParser in) throws IOException {
    return switch (in.currentToken()) {
      case START_OBJECT -> mapping(in);
      case START_ARRAY -> sequence(in);
      case VALUE_NULL -> null;
      default -> in.getText();
    };
  }

  private static Map<String, Object> mapping(JsonParser in) throws IOException {
    Map<String, Object> mapping = new LinkedHashMap<>();
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      in.nextToken();
      mapping.put(name, value(in));
    }
    return mapping;
  }

  private static List<Object> sequence(JsonParser in) throws IOException {
    List<Object> sequence = new ArrayList<>();
    while (!in.nextToken().isStructEnd()) {
      sequence.add(value(in));
    }
    return sequence;
  }

  /** Where a text is not YAML and why, as in {@code not YAML at line 3: expected ...}. */
  static String reason(IOException e) {
    if (e instanceof CharConversionException) {
      return e.getMessage();
    }
    if (e instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      String what =
          Stream.of(marked.getContext(), marked.getProblem())
              .filter(Objects::nonNull)
              .map(part -> part.lines().collect(Collectors.joining(" ")))
              .collect(Collectors.joining(", "));
      return "not YAML at line " + (marked.getProblemMark().getLine() + 1) + ": " + what;
    }
    String reason = e.getMessage().lines().findFirst().orElse("unreadable");
    return e instanceof JsonProcessingException known && known.getLocation() != null
        ? "not YAML at line " + known.getLocation().getLineNr() + ": " + reason
        : "not YAML: " + reason;
  }
}
