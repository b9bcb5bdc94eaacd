package org.rgflow.dl4j;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rgflow.flow.Flow;
import org.rgflow.flow.FlowMatching;
import org.rgflow.flow.Loss;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.Slices;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.velocity.DivergenceConfig;

/**
 * The running flow: hands DL4J the batch sum of the loss's gradient, its mean as score, and the
 * latents as activations.
 */
public final class FlowOutputLayer extends BaseLayer<FlowLayer> implements IOutputLayer {
  private static final long serialVersionUID = 1L;

  private transient Flow flow;
  private transient Energy energy;
  private transient FlowMatching matching;
  private transient double[] levelLosses;
  private transient INDArray labels;
  private transient Loss loss;
  private transient double gradientNorm;

  FlowOutputLayer(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
  }

  /** The flow with the layer's present parameters. */
  public Flow flow() {
    if (flow == null) {
      FlowLayer layer = layerConf();
      flow =
          new Flow(
              layer.flow(),
              layer.solver(),
              layer.divergence(),
              layer.regularisation().jacobian() != 0,
              getDataType());
    }
    flow.load(params());
    if (layerConf().hasClasses()) {
      hasNoise(); // refuses labels of another width
      flow.condition(classes());
    }
    return flow;
  }

  /** Of which class each example of the labels is; none of a model without classes, or labels. */
  private int[] classes() {
    if (!layerConf().hasClasses() || labels == null) {
      return new int[0];
    }
    int column = (int) labels.size(1) - 1;
    int[] classes = new int[(int) labels.size(0)];
    Arrays.setAll(classes, n -> labels.getInt(n, column));
    return classes;
  }

  private int classColumns() {
    return layerConf().hasClasses() ? 1 : 0;
  }

  /** The loss of the last batch and its parts; null before the first. */
  public Loss loss() {
    return loss;
  }

  /** L2 norm of the last batch's mean gradient, before any limit on it. */
  public double gradientNorm() {
    return gradientNorm;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr mgr) {
    assertInputSet(true);
    INDArray view = gradientViews.get(FlowParameters.KEY);
    try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
      loss =
          switch (layerConf().objective()) {
            case LIKELIHOOD -> likelihoodLoss(view);
            case FLOW_MATCHING -> matchingLoss(view);
            case ENERGY -> energyLoss(view);
          };
    }
    gradientNorm = view.norm2Number().doubleValue();
    view.muli(input.size(0));
    Gradient gradient = new DefaultGradient(gradientsFlattened);
    gradient.setGradientFor(FlowParameters.KEY, view);
    this.gradient = gradient;
    return new Pair<>(gradient, null);
  }

  private Loss likelihoodLoss(INDArray gradient) {
    Regularisation weights = layerConf().regularisation();
    return flow().likelihoodLoss(input, probes(), shift(gradient), weights, gradient);
  }

  private Loss energyLoss(INDArray gradient) {
    if (energy == null) {
      energy = layerConf().energy().orElseThrow().create();
    }
    Regularisation weights = layerConf().regularisation();
    return flow().energyLoss(input, probes(), shift(gradient), energy, weights, gradient);
  }

  private Loss matchingLoss(INDArray gradient) {
    int batch = (int) input.size(0);
    int dimensions = layerConf().flow().dimensions();
    int width = layerConf().labelSize();
    if (labels == null || labels.size(1) != width) {
      throw new IllegalArgumentException(
          "labels of flow matching hold "
              + dimensions
              + " values of noise"
              + (layerConf().hasClasses() ? ", the time and the class" : " and the time")
              + " per example; had "
              + (labels == null ? "none" : labels.size(1)));
    }
    if (matching == null || matching.batch() != batch) {
      closeMatching();
      matching =
          new FlowMatching(
              layerConf().flow(), batch, Math.min(batch, layerConf().times()), getDataType());
    }
    double[] t = new double[matching.times()];
    Slices slices = new Slices(batch, t.length);
    Arrays.setAll(t, i -> labels.getDouble(slices.first(i), dimensions));
    matching.load(params());
    matching.condition(classes());
    levelLosses =
        matching.loss(
            input,
            labels.get(NDArrayIndex.all(), NDArrayIndex.interval(0, dimensions)),
            t,
            gradient);
    double total = Arrays.stream(levelLosses).sum();
    return new Loss(total, total, 0, 0, Double.NaN);
  }

  /** The parts of the last batch's flow matching loss, the finest level first; null before it. */
  public double[] levelLosses() {
    return levelLosses;
  }

  @Override
  public void computeGradientAndScore(LayerWorkspaceMgr mgr) {
    backpropGradient(null, mgr);
    score = computeScore(0, true, mgr);
  }

  @Override
  public Pair<Gradient, Double> gradientAndScore() {
    return new Pair<>(gradient, score);
  }

  @Override
  public double computeScore(double regularisation, boolean training, LayerWorkspaceMgr mgr) {
    assertInputSet(false);
    if (!training || loss == null) {
      try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
        loss =
            layerConf().objective() == Objective.ENERGY ? energyLoss(null) : likelihoodLoss(null);
      }
    }
    score = loss.value() + regularisation / input.size(0);
    return score;
  }

  @Override
  public INDArray computeScoreForExamples(double regularisation, LayerWorkspaceMgr mgr) {
    assertInputSet(false);
    double[] logProb;
    try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
      logProb = flow().logProb(input, probes());
    }
    INDArray scores = Nd4j.createUninitializedDetached(getDataType(), 'c', logProb.length, 1);
    for (int n = 0; n < logProb.length; n++) {
      scores.putScalar(n, 0, regularisation - logProb[n]);
    }
    return scores;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr mgr) {
    assertInputSet(false);
    INDArray latents;
    try (MemoryWorkspace ignored = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces()) {
      latents = flow().latents(input).reshape(input.size(0), layerConf().getNOut());
    }
    return mgr.leverageTo(ArrayType.ACTIVATIONS, latents);
  }

  /** The labels where they hold probes, otherwise noise of ND4J's generator, as for dropout. */
  private INDArray probes() {
    if (!flow.needsProbes()) {
      return null;
    }
    if (hasNoise()) {
      return labels.get(NDArrayIndex.all(), NDArrayIndex.interval(0, flow.probeSize()));
    }
    long[] shape = {input.size(0), flow.probeSize()};
    if (layerConf().divergence().noise() == DivergenceConfig.Noise.GAUSSIAN) {
      return Nd4j.randn(getDataType(), shape);
    }
    return Nd4j.rand(getDataType(), shape).gt(0.5).castTo(getDataType()).muli(2).subi(1);
  }

  /** The shift of a gradient's grid, 0 where only a loss is wanted; as {@link #probes()}. */
  private double shift(INDArray gradient) {
    if (gradient == null || !layerConf().hasShiftedGrids()) {
      return 0;
    }
    return hasNoise() ? labels.getDouble(0, flow.probeSize()) : Nd4j.getRandom().nextDouble() - 0.5;
  }

  /** Whether the labels are the noise of a solve. */
  private boolean hasNoise() {
    int size = layerConf().solveNoiseSize() + classColumns();
    if (labels == null || (labels.size(1) == 1 && size != 1)) {
      return false;
    }
    if (labels.size(1) != size) {
      throw new IllegalArgumentException(
          "labels of this flow hold "
              + size
              + " values of noise per example, or one column of anything; had "
              + labels.size(1));
    }
    return true;
  }

  @Override
  public boolean needsLabels() {
    return false;
  }

  /** The loss of what was there before is no loss of it. */
  @Override
  public void setInput(INDArray input, LayerWorkspaceMgr mgr) {
    super.setInput(input, mgr);
    loss = null;
  }

  @Override
  public void setLabels(INDArray labels) {
    this.labels = labels;
  }

  @Override
  public INDArray getLabels() {
    return labels;
  }

  @Override
  public void clear() {
    super.clear();
    labels = null;
  }

  private void closeMatching() {
    if (matching != null) {
      matching.close();
      matching = null;
    }
  }

  @Override
  public void close() {
    closeMatching();
    if (flow != null) {
      flow.close();
      flow = null;
    }
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public boolean hasBias() {
    return false;
  }

  private static UnsupportedOperationException notClassifier() {
    return new UnsupportedOperationException("a flow gives likelihoods, not classes");
  }

  @Override
  public double f1Score(DataSet data) {
    throw notClassifier();
  }

  @Override
  public double f1Score(INDArray examples, INDArray labels) {
    throw notClassifier();
  }

  @Override
  public int numLabels() {
    throw notClassifier();
  }

  @Override
  public void fit(DataSetIterator iterator) {
    throw notClassifier();
  }

  @Override
  public int[] predict(INDArray examples) {
    throw notClassifier();
  }

  @Override
  public List<String> predict(DataSet dataSet) {
    throw notClassifier();
  }

  @Override
  public void fit(INDArray examples, INDArray labels) {
    throw notClassifier();
  }

  @Override
  public void fit(DataSet data) {
    throw notClassifier();
  }

  @Override
  public void fit(INDArray examples, int[] labels) {
    throw notClassifier();
  }
}
