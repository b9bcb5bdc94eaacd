package org.rgflow.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.lang3.StringUtils;
import org.rgflow.data.DataException;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.score.BlockSums;
import org.rgflow.spark.score.Bootstrap;

/** The page of two runs, side by side. */
public final class RunComparison {
  private static final double CONFIDENCE = 0.95;
  private static final int RESAMPLES = 2000;
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private final List<Side> sides;

  private RunComparison(List<Side> sides) {
    this.sides = sides;
  }

  /**
   * A run with what its newest model makes of the images that both are given.
   *
   * @param evaluation null where there is no model yet
   */
  public record Side(RunHistory run, Evaluation evaluation) {
    /** The folders that both lie in tell nothing. */
    private Side without(int shared) {
      return new Side(run.named(run.name().substring(shared)), evaluation);
    }
  }

  /** The page, an HTML file. */
  public static byte[] of(Side first, Side second) {
    int shared =
        StringUtils.getCommonPrefix(first.run().name(), second.run().name()).lastIndexOf('/');
    return Html.of(
        new RunComparison(Stream.of(first, second).map(side -> side.without(shared + 1)).toList())
            .page());
  }

  private Page page() {
    List<Page.Section> sections = new ArrayList<>();
    sections.add(facts());
    sections.add(new LearningCurves(sides.stream().map(Side::run).toList()).section());
    Map<String, ScoredSet> sets = sets();
    if (!sets.isEmpty()) {
      sections.add(likelihoods(sets));
    }
    List<Block> samples = sides.stream().flatMap(RunComparison::samples).toList();
    if (!samples.isEmpty()) {
      sections.add(new Page.Section("What they draw", "Of the same seed.", samples));
    }
    return new Page(
        sides.get(0).run().name() + " and " + sides.get(1).run().name(),
        "two runs side by side",
        List.of(),
        sections);
  }

  private Page.Section facts() {
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Block.Table(
            head(),
            List.of(
                line("parameters", RunComparison::parameters),
                line("rounds", run -> Numbers.of("%,d", run.metrics().size())),
                line("examples seen", run -> Numbers.of("%,d", last(run, "examples").asLong())),
                line("time of rounds and validations", run -> Numbers.duration(run.seconds())),
                line("best validation", RunComparison::best))));
    List<Block.Table.Line> differences = differences();
    if (!differences.isEmpty()) {
      blocks.add(new Block.Table(head("configuration"), differences));
    }
    return new Page.Section(
        "What they are",
        differences.isEmpty()
            ? "Their configurations are the same."
            : "And the keys of the configuration that differ.",
        blocks);
  }

  private List<String> head(String... first) {
    List<String> head = new ArrayList<>(List.of(first.length == 0 ? "" : first[0]));
    sides.forEach(side -> head.add(side.run().name()));
    return head;
  }

  private Block.Table.Line line(String name, Function<RunHistory, String> fact) {
    return new Block.Table.Line(name, sides.stream().map(Side::run).map(fact).toList());
  }

  private static String parameters(RunHistory run) {
    return run.model()
        .map(model -> Numbers.of("%,d", model.network().numParams()))
        .orElse("no checkpoint yet");
  }

  private static JsonNode last(RunHistory run, String metric) {
    return run.last().orElse(YAML.createObjectNode()).path(metric);
  }

  private static String best(RunHistory run) {
    return run.validations().stream()
        .min((a, b) -> Double.compare(loss(a), loss(b)))
        .map(
            best ->
                Numbers.of(
                    "%.4f %s after %,d examples",
                    loss(best), best.path("unit").asText(), best.path("examples").asLong()))
        .orElse("none");
  }

  private static double loss(JsonNode validation) {
    return validation.path("held_out_loss").asDouble();
  }

  private List<Block.Table.Line> differences() {
    List<Map<String, String>> values = sides.stream().map(side -> flat(side.run())).toList();
    Map<String, String> all = new TreeMap<>(values.get(0));
    values.get(1).forEach(all::putIfAbsent);
    List<Block.Table.Line> lines = new ArrayList<>();
    for (String key : all.keySet()) {
      List<String> cells = values.stream().map(side -> side.getOrDefault(key, "")).toList();
      if (!cells.get(0).equals(cells.get(1))) {
        lines.add(new Block.Table.Line(key, cells));
      }
    }
    return lines;
  }

  private static Map<String, String> flat(RunHistory run) {
    try {
      Map<String, String> values = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> section : YAML.readTree(run.configuration()).properties()) {
        for (Map.Entry<String, JsonNode> key : section.getValue().properties()) {
          JsonNode value = key.getValue();
          values.put(
              section.getKey() + "." + key.getKey(),
              value.isValueNode() ? value.asText() : value.toString());
        }
      }
      return values;
    } catch (IOException e) {
      throw new DataException(run.name() + "/config.yaml: not YAML, or damaged", e);
    }
  }

  private Map<String, ScoredSet> sets() {
    Map<String, ScoredSet> sets = new LinkedHashMap<>();
    for (Side side : sides) {
      if (side.evaluation() != null) {
        for (ScoredSet set : side.evaluation().sets()) {
          sets.put(side.run().name() + ", " + named(set), set);
        }
      }
    }
    return sets;
  }

  /** The training images are the first run's, for both. */
  private String named(ScoredSet set) {
    return set.name().equals(Role.TRAINING.title())
        ? set.name() + " of " + sides.get(0).run().name()
        : set.name();
  }

  private Page.Section likelihoods(Map<String, ScoredSet> sets) {
    FlowModel model =
        sides.stream()
            .filter(side -> side.evaluation() != null && !side.evaluation().sets().isEmpty())
            .flatMap(side -> side.run().model().stream())
            .findFirst()
            .orElseThrow();
    Likelihoods likelihoods = new Likelihoods(sets, model.unit());
    List<Block> blocks = new ArrayList<>();
    blocks.add(likelihoods.table(model.unitsPerNat()));
    if (sides.stream().allMatch(side -> side.evaluation() != null)) {
      blocks.add(gains(model.unit()));
    }
    likelihoods.histogram().forEach(blocks::add);
    boolean sameLevels =
        sides.stream()
                .flatMap(side -> side.run().model().stream())
                .map(one -> Arrays.toString(Costs.latents(one)))
                .distinct()
                .count()
            == 1;
    if (sameLevels) {
      likelihoods.levels(Costs.latents(model), model.unitsPerNat()).forEach(blocks::add);
    }
    return new Page.Section(
        "How likely images are to each",
        "The same images; lower is likelier. Gains are taken image by image, so that what images differ"
            + " in does not blur them.",
        blocks);
  }

  /** By how much the second is better, image by image. */
  private Block gains(String unit) {
    List<Block.Table.Line> rows = new ArrayList<>();
    for (ScoredSet set : sides.get(0).evaluation().sets()) {
      for (ScoredSet other : sides.get(1).evaluation().sets()) {
        if (other.name().equals(set.name())) {
          BlockSums gains = gains(set, other);
          if (gains.images() > 0) {
            Bootstrap.Interval interval = Bootstrap.ofMean(gains, CONFIDENCE, RESAMPLES, 0);
            rows.add(
                Block.Table.line(
                    set.name(),
                    Numbers.of("%,d", gains.images()),
                    Numbers.of("%+.4f", gains.mean()),
                    Numbers.of("%+.4f to %+.4f", interval.low(), interval.high())));
          }
        }
      }
    }
    return new Block.Table(
        List.of("gain of " + sides.get(1).run().name(), "images", unit, "95 % between (bootstrap)"),
        rows);
  }

  private static BlockSums gains(ScoredSet first, ScoredSet second) {
    Map<String, Double> before = new HashMap<>();
    first.images().forEach(image -> before.put(image.key(), image.perDimension()));
    return ScoredSet.blocks(
        second.images().stream().filter(image -> before.containsKey(image.key())).toList(),
        image -> before.get(image.key()) - image.perDimension());
  }

  private static Stream<Block> samples(Side side) {
    if (side.evaluation() == null) {
      return Stream.empty();
    }
    FlowModel model = side.run().model().orElseThrow();
    return new Pictures(side.evaluation(), model.shape(), model.unit())
        .samples(side.run().name() + ": ");
  }
}
