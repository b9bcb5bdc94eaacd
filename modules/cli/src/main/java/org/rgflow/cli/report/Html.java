package org.rgflow.cli.report;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * Writes a page as one HTML file: style, script, charts and pictures are in it, and its policy
 * forbids it every request.
 */
final class Html {
  private static final String CHARTS = "/META-INF/resources/webjars/chart.js/%s/dist/chart.umd.js";

  private Html() {}

  static byte[] of(Page page) {
    Template template =
        Mustache.compiler().emptyStringIsFalse(true).compile(resource("page.mustache"));
    return template
        .execute(
            Map.of(
                "title", page.title(),
                "about", page.about(),
                "figures", page.figures(),
                "sections", page.sections().stream().map(Html::section).toList(),
                "style", resource("page.css"),
                "charts", resource(String.format(Locale.ROOT, CHARTS, version("chart.js"))),
                "script", resource("page.js")))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, Object> section(Page.Section section) {
    List<Map<String, Block>> blocks =
        section.blocks().stream().map(block -> Map.of(block.kind(), block)).toList();
    return Map.of("title", section.title(), "about", section.about(), "blocks", blocks);
  }

  private static String version(String library) {
    Properties versions = new Properties();
    try (InputStream in = Html.class.getResourceAsStream("libraries.properties")) {
      versions.load(in);
      return versions.getProperty(library);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = Html.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
