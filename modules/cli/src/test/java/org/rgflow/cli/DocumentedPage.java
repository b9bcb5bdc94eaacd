package org.rgflow.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A page of the documentation, as blocks of commands and of what they print. */
record DocumentedPage(Path file) {
  static final Path ROOT = Path.of("../..");
  private static final String LAUNCHER = "bin/rgflow ";
  private static final String INDENTED = "    " + LAUNCHER;

  /** A block of a page between two fences. */
  record Block(List<String> lines) {
    boolean isCommands() {
      return lines.get(0).startsWith(LAUNCHER);
    }

    /** Lines, those that end in a backslash joined with the next. */
    List<String> commands() {
      return String.join("\n", lines)
          .replace("\\\n", " ")
          .lines()
          .filter(line -> line.startsWith(LAUNCHER))
          // what only a shell can tell
          .filter(line -> !line.endsWith("...") && !line.contains("$("))
          .toList();
    }
  }

  List<Block> blocks() throws IOException {
    List<Block> blocks = new ArrayList<>();
    List<String> inside = null;
    for (String line : Files.readAllLines(file)) {
      boolean isFence = line.startsWith("```");
      if (isFence && inside == null) {
        inside = new ArrayList<>();
      } else if (isFence) {
        blocks.add(new Block(inside));
        inside = null;
      } else if (inside != null) {
        inside.add(line);
      } else if (line.startsWith(INDENTED)) {
        blocks.add(new Block(List.of(line.strip())));
      }
    }
    return blocks.stream().filter(block -> !block.lines().isEmpty()).toList();
  }

  /** A command's words after Spark's options, without a comment. */
  static List<String> words(String command) {
    String bare = command.substring(LAUNCHER.length()).replaceFirst(" +[#>].*", "").strip();
    List<String> words = new ArrayList<>();
    for (String word : bare.split(" +(?=(?:[^\"']*[\"'][^\"']*[\"'])*[^\"']*$)")) {
      words.add(word.replaceAll("[\"']", ""));
    }
    int at = 0;
    while (words.get(at).startsWith("--")) {
      at += 2;
    }
    return words.subList(at, words.size());
  }
}
