package org.rgflow.dl4j;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.flow.ParameterLayout;

/** The flow's parameters as one DL4J parameter, a row in the order of {@link ParameterLayout}. */
final class FlowParameters implements ParamInitializer {
  /** DL4J's name of the one parameter. */
  static final String KEY = "W";

  static final FlowParameters INSTANCE = new FlowParameters();

  private FlowParameters() {}

  @Override
  public long numParams(NeuralNetConfiguration conf) {
    return numParams(conf.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return new ParameterLayout(((FlowLayer) layer).flow()).size();
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return List.of(KEY);
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return List.of(KEY);
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return List.of();
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return KEY.equals(key);
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return false;
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration conf, INDArray paramsView, boolean initializeParams) {
    FlowLayer layer = (FlowLayer) conf.getLayer();
    INDArray row = paramsView.reshape(1, numParams(layer));
    if (initializeParams) {
      double[] drawn = layer.initialisation().draw(layer.flow(), conf.getSeed());
      row.assign(Nd4j.createFromArray(drawn).reshape(row.shape()).castTo(row.dataType()));
    }
    conf.addVariable(KEY);
    Map<String, INDArray> table = new LinkedHashMap<>();
    table.put(KEY, row);
    return table;
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration conf, INDArray gradientView) {
    Map<String, INDArray> table = new LinkedHashMap<>();
    table.put(KEY, gradientView.reshape(1, numParams(conf)));
    return table;
  }
}
