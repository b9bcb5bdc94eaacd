package org.rgflow.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;

/**
 * The end of a help text, whose examples a shell takes as they are printed: picocli would break
 * them where a hyphen or a slash stands, at the end of a line that is too long.
 */
final class ExampleLines implements IHelpSectionRenderer {
  private static final String INDENT = "  ";
  private static final String CONTINUED = " \\";

  /** An option with its value, or a word, of which one may be quoted. */
  private static final Pattern PART =
      Pattern.compile("--\\S+ (?:'[^']*'|[^-\\s]\\S*)|'[^']*'|\\S+");

  @Override
  public String render(Help help) {
    int width = help.commandSpec().usageMessage().width();
    StringBuilder text = new StringBuilder();
    for (String line : help.commandSpec().usageMessage().footer()) {
      if (line.startsWith(INDENT)) {
        lines(String.format(Locale.ROOT, line), width)
            .forEach(part -> text.append(part).append(System.lineSeparator()));
      } else {
        Help.join(help.colorScheme().ansi(), width, new String[] {line}, text);
      }
    }
    return text.toString();
  }

  /** An example in lines of a width, each but the last with a backslash at its end. */
  static List<String> lines(String example, int width) {
    List<String> lines = new ArrayList<>();
    List<String> parts = PART.matcher(example).results().map(MatchResult::group).toList();
    StringBuilder line = new StringBuilder(INDENT).append(parts.get(0));
    for (int i = 1; i < parts.size(); i++) {
      String part = parts.get(i);
      int after = i == parts.size() - 1 ? 0 : CONTINUED.length();
      if (line.length() + 1 + part.length() + after > width) {
        lines.add(line + CONTINUED);
        line = new StringBuilder(INDENT.repeat(3)).append(part);
      } else {
        line.append(' ').append(part);
      }
    }
    lines.add(line.toString());
    return lines;
  }
}
