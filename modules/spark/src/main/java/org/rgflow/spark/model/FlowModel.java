package org.rgflow.spark.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.rgflow.data.DataException;
import org.rgflow.data.ExampleTransform;
import org.rgflow.data.GaussianTransform;
import org.rgflow.data.LogitTransform;
import org.rgflow.data.PixelCounts;
import org.rgflow.data.PixelTransform;
import org.rgflow.data.PngImage;
import org.rgflow.data.Sha256;
import org.rgflow.data.Shape;
import org.rgflow.data.Standardisation;
import org.rgflow.data.ValueTransform;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.dl4j.FlowNetwork;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.OneClass;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.spark.files.Content;
import org.rgflow.spark.files.WatchedStream;

/**
 * A flow with what its input means: pixels or real values, by a transform.
 *
 * <p>The file is DL4J's network zip (configuration, parameters, updater state) with one more entry,
 * {@code rgflow.json}: format version, rounds of training and transform.
 */
public final class FlowModel {
  /** Newest version of the file's format. */
  public static final int FORMAT = 3;

  /** Of the format, which does not know standardised real values and is all that others need. */
  private static final int BEFORE_STANDARDISED_VALUES = 2;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final MultiLayerNetwork network;
  private final ExampleTransform transform;
  private final int rounds;

  /** A model of which no rounds of training are known. */
  public FlowModel(MultiLayerNetwork network, ExampleTransform transform) {
    this(network, transform, 0);
  }

  private FlowModel(MultiLayerNetwork network, ExampleTransform transform, int rounds) {
    this.network = network;
    this.transform = transform;
    this.rounds = rounds;
  }

  /** This model, its network shared, after so many rounds of training. */
  public FlowModel after(int rounds) {
    return new FlowModel(network, transform, rounds);
  }

  /** A copy of the network's parameters. */
  public double[] parameters() {
    return HostValues.of(network.params());
  }

  /** This model with other parameters, in a network of its own. */
  public FlowModel with(double[] parameters) {
    MultiLayerNetwork copy = network.clone();
    try (INDArray vector = Nd4j.createFromArray(parameters)) {
      copy.params().assign(vector.reshape(copy.params().shape()).castTo(copy.params().dataType()));
    }
    return new FlowModel(copy, transform, rounds);
  }

  /**
   * The model of one of its classes, a density like any other.
   *
   * @throws DataException if it is none of them
   */
  public FlowModel ofClass(String name) {
    FlowLayer layer = layer();
    int place = layer.flow().classes().indexOf(name);
    if (place < 0) {
      throw new DataException(
          "class must be "
              + (layer.flow().classes().isEmpty()
                  ? "left out, as the model has no classes"
                  : "one of " + layer.flow().classes())
              + ", was "
              + name);
    }
    OneClass one = OneClass.of(layer.flow(), parameters(), place);
    FlowLayer own =
        new FlowLayer(
            one.model(),
            layer.initialisation(),
            layer.solver(),
            layer.divergence(),
            layer.regularisation());
    MultiLayerNetwork ofClass =
        new MultiLayerNetwork(
            FlowNetwork.configuration(own, new NoOp(), 0, 0, network.params().dataType()));
    INDArray vector =
        HostValues.toArray(
            one.parameters(), network.params().dataType(), 1, one.parameters().length);
    ofClass.init(vector, false);
    return new FlowModel(ofClass, transform, rounds);
  }

  /** Rounds of training behind the parameters; 0 if not known. */
  public int rounds() {
    return rounds;
  }

  /** The network of one flow layer. */
  public MultiLayerNetwork network() {
    return network;
  }

  /** The flow layer's configuration. */
  public FlowLayer layer() {
    return (FlowLayer) FlowNetwork.layer(network).conf().getLayer();
  }

  /** How an example becomes input. */
  public ExampleTransform transform() {
    return transform;
  }

  /** Whether it is of pixels, not of real values. */
  public boolean isOfPixels() {
    return transform.isOfPixels();
  }

  /** Whether its examples are gray or RGB images, which are shown as pictures. */
  public boolean isOfPictures() {
    return isOfPixels() && PngImage.holds(shape());
  }

  /** Whether it is a density of each of its classes. */
  public boolean hasClasses() {
    return !layer().flow().classes().isEmpty();
  }

  /**
   * How pixels become input.
   *
   * @throws IllegalArgumentException if the model is of real values
   */
  public PixelTransform pixelTransform() {
    if (transform instanceof PixelTransform pixels) {
      return pixels;
    }
    throw new IllegalArgumentException("pixels need a model of pixels, was one of real values");
  }

  /**
   * Checks that examples are what the flow itself models, as an energy's are.
   *
   * @throws DataException if a transform comes before it
   */
  public void requireOfPlainValues() {
    if (isOfPixels()) {
      throw new DataException(
          "train.start: a model of pixels; allowed: one of real values, as an energy is");
    }
    if (!((ValueTransform) transform).standardisation().isNone()) {
      throw new DataException(
          "train.start: a model of standardised values; allowed: one trained with"
              + " values.standardise=false, as an energy is of values as they are");
    }
  }

  /** Shape of one example. */
  public Shape shape() {
    FlowConfig flow = layer().flow();
    return new Shape(flow.channels(), flow.shape());
  }

  /** Of likelihoods per dimension: {@code bits/dim} of pixels, {@code nats/dim} of real values. */
  public String unit() {
    return transform.unit();
  }

  /** A mean of -log p in nats as the loss in this {@link #unit()}. */
  public double lossPerDimension(double negativeLogDensity) {
    return transform.perDimension(-negativeLogDensity, layer().flow().dimensions());
  }

  /** What one nat of an example is in this {@link #unit()}. */
  public double unitsPerNat() {
    return lossPerDimension(1) - lossPerDimension(0);
  }

  /** The file's bytes. */
  public byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      save(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes bytes", e);
    }
    return bytes.toByteArray();
  }

  /** SHA-256, in hexadecimal, of all that the file's entries hold: equal of equal models. */
  public String id() {
    Sha256 digest = new Sha256();
    try {
      for (Content content : contents().values()) {
        content.writeTo(digest.stream());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a digest takes bytes", e);
    }
    return digest.hex();
  }

  /** Writes the file; the stream stays open. */
  public void save(OutputStream out) throws IOException {
    ModelZip.write(contents(), out);
  }

  /** What DL4J's own serializer writes, which would hold all of it in memory twice, and ours. */
  private Map<String, Content> contents() {
    Map<String, Content> contents = new LinkedHashMap<>();
    String configuration = network.getLayerWiseConfigurations().toJson();
    contents.put(
        ModelZip.CONFIGURATION, out -> out.write(configuration.getBytes(StandardCharsets.UTF_8)));
    contents.put(ModelZip.PARAMETERS, out -> write(network.params(), out));
    INDArray updater = network.getUpdater().getStateViewArray();
    if (updater != null && updater.length() > 0) {
      contents.put(ModelZip.UPDATER, out -> write(updater, out));
    }
    contents.put(ModelZip.DESCRIPTION, out -> out.write(JSON.writeValueAsBytes(description())));
    return contents;
  }

  private static void write(INDArray array, OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(new BufferedOutputStream(out, 1 << 16));
    Nd4j.write(array, data);
    data.flush();
  }

  private ObjectNode description() {
    ObjectNode json = JSON.createObjectNode();
    Standardisation ofValues =
        transform instanceof ValueTransform values
            ? values.standardisation()
            : Standardisation.NONE;
    json.put("format", ofValues.isNone() ? BEFORE_STANDARDISED_VALUES : FORMAT);
    json.put("rounds", rounds);
    if (transform instanceof PixelTransform pixels) {
      describe(pixels, json.putObject("pixels"));
    } else if (!ofValues.isNone()) {
      describe(ofValues, json.putObject("values"));
    }
    return json;
  }

  private static void describe(Standardisation affine, ObjectNode json) {
    add(json.putArray("mean"), affine.mean());
    add(json.putArray("deviation"), affine.deviation());
  }

  private static void describe(PixelTransform transform, ObjectNode json) {
    if (transform instanceof LogitTransform logit) {
      json.put("alpha", logit.alpha());
      if (!logit.standardisation().isNone()) {
        describe(logit.standardisation(), json);
      }
    } else if (transform instanceof GaussianTransform gaussian) {
      json.put("alpha", gaussian.alpha());
      json.put("atom", gaussian.atom());
      json.put("tail", gaussian.tail());
      ArrayNode counts = json.putArray("counts");
      Arrays.stream(gaussian.counts().values()).forEach(counts::add);
    }
  }

  private static void add(ArrayNode array, double[] values) {
    for (double value : values) {
      array.add(value);
    }
  }

  /**
   * Reads a file.
   *
   * @param name of the file, for errors
   * @throws DataException when it is no model of a known format
   * @throws UncheckedIOException when it cannot be read, whatever it is
   */
  public static FlowModel load(String name, InputStream in) {
    WatchedStream stream = new WatchedStream(in);
    try {
      return read(name, new ModelZip(name, stream));
    } catch (IOException | RuntimeException e) {
      if (e instanceof DataException known) {
        throw known;
      }
      if (stream.failure() != null) {
        throw new UncheckedIOException(name + ": could not be read", stream.failure());
      }
      throw new DataException(name + ": not an rgflow model, or damaged (" + firstLine(e) + ")", e);
    }
  }

  /** As DL4J's own serializer, which would hold all of it in memory three times more. */
  private static FlowModel read(String name, ModelZip zip) throws IOException {
    MultiLayerConfiguration configuration = null;
    MultiLayerNetwork network = null;
    JsonNode description = null;
    for (String entry = zip.next(); entry != null; entry = zip.next()) {
      switch (entry) {
        case ModelZip.CONFIGURATION ->
            configuration =
                MultiLayerConfiguration.fromJson(
                    new String(zip.bytes(1 << 20), StandardCharsets.UTF_8));
        case ModelZip.PARAMETERS -> {
          require(configuration, name, ModelZip.CONFIGURATION + " before " + entry);
          INDArray parameters = zip.array(FlowNetwork.parameters(configuration));
          network = new MultiLayerNetwork(configuration);
          network.init(parameters, false);
        }
        case ModelZip.UPDATER -> {
          require(network, name, ModelZip.PARAMETERS + " before " + entry);
          Updater updater = network.getUpdater();
          long length = updater.getStateViewArray().length();
          updater.setStateViewArray(network, zip.array(length), false);
        }
        default -> description = JSON.readTree(zip.bytes(1 << 24));
      }
    }
    require(description, name, ModelZip.DESCRIPTION);
    require(network, name, ModelZip.PARAMETERS);
    int format = description.path("format").asInt();
    if (format < 1 || format > FORMAT) {
      throw new DataException(
          name + ": model format must be in [1, " + FORMAT + "], was " + format);
    }
    int rounds = description.path("rounds").asInt();
    return new FlowModel(network, transform(description), rounds);
  }

  private static void require(Object found, String name, String entry) {
    if (found == null) {
      throw new DataException(name + ": not an rgflow model: no entry " + entry);
    }
  }

  private static String firstLine(Exception e) {
    String message = String.valueOf(e.getMessage());
    return message.lines().findFirst().orElse(e.getClass().getSimpleName());
  }

  private static ExampleTransform transform(JsonNode description) {
    if (!description.has("pixels")) {
      return new ValueTransform(standardisation(description.path("values")));
    }
    JsonNode pixels = description.path("pixels");
    double alpha = pixels.path("alpha").asDouble();
    if (pixels.has("counts")) {
      double atom = pixels.path("atom").asDouble(1); // format 1 knows none, and so no tails
      double tail = pixels.path("tail").asDouble(0.002); // what it was before it could be chosen
      return new GaussianTransform(alpha, atom, tail, PixelCounts.of(longs(pixels.path("counts"))));
    }
    return new LogitTransform(alpha, standardisation(pixels));
  }

  /** None where nothing is said of it. */
  private static Standardisation standardisation(JsonNode json) {
    return new Standardisation(doubles(json.path("mean")), doubles(json.path("deviation")));
  }

  private static long[] longs(JsonNode array) {
    long[] values = new long[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asLong();
    }
    return values;
  }

  private static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asDouble();
    }
    return values;
  }
}
