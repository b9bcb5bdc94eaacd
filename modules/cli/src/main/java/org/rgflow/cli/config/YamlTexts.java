package org.rgflow.cli.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.snakeyaml.error.MarkedYAMLException;
import java.io.IOException;
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
   * @throws IOException of which {@link #reason} tells, if it is not YAML
   */
  static List<Object> documents(byte[] text) throws IOException {
    List<Object> documents = new ArrayList<>();
    try (JsonParser in = YAML.createParser(text)) {
      while (in.nextToken() != null) {
        documents.add(value(in));
      }
    }
    documents.removeIf(Objects::isNull);
    return documents;
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

  /** Where a text is not YAML and why, as in {@code at line 3: expected ...}. */
  static String reason(IOException e) {
    if (e instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
      String what =
          Stream.of(marked.getContext(), marked.getProblem())
              .filter(Objects::nonNull)
              .map(part -> part.lines().collect(Collectors.joining(" ")))
              .collect(Collectors.joining(", "));
      return " at line " + (marked.getProblemMark().getLine() + 1) + ": " + what;
    }
    String reason = e.getMessage().lines().findFirst().orElse("unreadable");
    return e instanceof JsonProcessingException known && known.getLocation() != null
        ? " at line " + known.getLocation().getLineNr() + ": " + reason
        : ": " + reason;
  }
}
