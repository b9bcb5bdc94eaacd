package org.rgflow.notebook;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.internal.chartpart.Chart;

/** How a cell's value is shown: data frames as tables, charts as pictures. */
final class Renderings {
  private static final int ROWS = 20;

  private Renderings() {}

  static Renderer renderer() {
    Renderer renderer = new Renderer();
    renderer
        .createRegistration(Dataset.class)
        .preferring(MIMEType.TEXT_HTML)
        .register(
            (data, context) ->
                context.renderIfRequested(MIMEType.TEXT_HTML, () -> table((Dataset<?>) data)));
    renderer
        .createRegistration(Chart.class)
        .preferring(MIMEType.IMAGE_PNG)
        .register(
            (chart, context) -> context.renderIfRequested(MIMEType.IMAGE_PNG, () -> png(chart)));
    return renderer;
  }

  /** As Jupyter has pictures: in base 64. */
  private static String png(Chart<?, ?> chart) {
    try {
      return Base64.getEncoder()
          .encodeToString(BitmapEncoder.getBitmapBytes(chart, BitmapEncoder.BitmapFormat.PNG));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first rows of a data frame as HTML. */
  static String table(Dataset<?> data) {
    StringBuilder html = new StringBuilder("<table class=\"dataframe\"><thead><tr>");
    for (String column : data.columns()) {
      html.append("<th>").append(escaped(column)).append("</th>");
    }
    html.append("</tr></thead><tbody>");
    for (Row row : data.toDF().takeAsList(ROWS)) {
      html.append("<tr>");
      for (int i = 0; i < row.length(); i++) {
        html.append("<td>").append(escaped(String.valueOf(row.get(i)))).append("</td>");
      }
      html.append("</tr>");
    }
    return html.append("</tbody></table>").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
