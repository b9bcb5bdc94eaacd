package org.rgflow.cli.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.Base;
import org.rgflow.flow.Coarsening;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.energy.IsingEnergy;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.ingest.ToldBy;
import org.rgflow.spark.train.plan.LearningRate;
import org.rgflow.spark.train.plan.TrainingConfig;
import org.rgflow.spark.train.plan.Updaters;
import org.rgflow.spark.train.shards.PixelConfig;

/** Every key of the configuration, documented here and nowhere else. */
public final class Keys {
  private static final Map<String, Key<?>> ALL = new LinkedHashMap<>();

  public static final Key<List<String>> DATA_TRAIN =
      add(
          Key.texts(
              "data.train",
              "Files or folders of the examples to learn from, on any Hadoop file system."));
  public static final Key<List<String>> DATA_VALIDATION =
      add(
          Key.texts(
              "data.validation",
              "Examples to validate on; if none, train.heldOutFraction of the training ones."));
  public static final Key<Integer> DATA_CHANNELS =
      add(
          Key.choice(
              "data.channels",
              channels(),
              0,
              "Channels that PNG and JPEG images are converted to; 0 keeps each file's own."));

  static final Key<List<Integer>> MODEL_HIDDEN =
      add(
          Key.integers(
              "model.hidden",
              List.of(32, 32),
              "[1, 4096]",
              "Channels of the velocity's hidden layers; at most two allow the closed form."));
  static final Key<Integer> MODEL_KERNEL =
      add(
          Key.oddInteger(
              "model.kernel", 3, "[1, 15]", "Size of the velocity's convolutions on every axis."));
  static final Key<Integer> MODEL_STRIDE =
      add(
          Key.integer(
              "model.stride", 2, "[2, 65536]", "Sites of a grid to one site of the next coarser."));
  public static final Key<Padding> MODEL_PADDING =
      add(
          Key.choice(
              "model.padding", Padding.CIRCULAR, "What a convolution sees beyond the edge."));
  public static final Key<Activation> MODEL_ACTIVATION =
      add(
          Key.choice(
              "model.activation",
              Activation.TANH,
              "Pointwise function after every convolution but the last."));
  static final Key<Boolean> MODEL_BIAS =
      add(Key.flag("model.bias", true, "Whether convolutions add a bias."));
  static final Key<Integer> MODEL_HYPER =
      add(
          Key.integer(
              "model.hyper",
              16,
              "[0, 4096]",
              "Units of the network that makes weights depend on time; 0 keeps them constant."));
  public static final Key<Base> MODEL_BASE =
      add(Key.choice("model.base", Base.NORMAL, "Distribution of the latents."));
  static final Key<Integer> MODEL_POSITION =
      add(
          Key.integer(
              "model.position",
              0,
              "[0, 64]",
              "Harmonics of a site's position on every axis that the velocity sees; 0 for none."));
  static final Key<Integer> MODEL_BLOCKS =
      add(
          Key.integer(
              "model.blocks",
              1,
              "[1, 64]",
              "ODEs of a level, one after the other, each with weights and solver.steps of its own."));
  static final Key<Boolean> MODEL_SKIP =
      add(
          Key.flag(
              "model.skip",
              false,
              "Whether the velocity adds to its network convolutions of the data, one of its own at"
                  + " the sites that go to the next level."));
  static final Key<List<String>> MODEL_CLASSES =
      add(
          Key.texts(
              "model.classes",
              "Names of the classes of examples, for a density of each: by a column label, a file of"
                  + " labels, or the folder's name; empty for one density of all."));
  public static final Key<Coarsening> MODEL_COARSENING =
      add(
          Key.choice(
              "model.coarsening",
              Coarsening.DECIMATION,
              "What goes to the next level: every other site, or the averages of blocks."));
  public static final Key<Initialisation> MODEL_INIT =
      add(
          Key.choice(
              "model.init",
              Initialisation.STATIC,
              "How parameters are drawn: uniform in +-1/sqrt(fan in), or static, which starts near"
                  + " the identity."));

  public static final Key<Method> SOLVER_METHOD =
      add(
          Key.choice(
              "solver.method",
              Method.RK4,
              "Runge-Kutta method of every level; bosh3 and dopri5 choose their own steps."));
  static final Key<Integer> SOLVER_STEPS =
      add(
          Key.integer(
              "solver.steps",
              4,
              "[1, 100000]",
              "Steps of a method with a fixed grid, in every block of every level."));
  static final Key<Double> SOLVER_GRADING =
      add(
          Key.number(
              "solver.grading",
              SolverConfig.USUAL_GRADING,
              "[1, 10]",
              "Power p of the nodes (n / steps)^p of a fixed grid: steps are equal at 1, and shorter"
                  + " towards the data above."));
  public static final Key<Double> SOLVER_RTOL =
      add(Key.number("solver.rtol", 1e-5, "(0, 1)", "Relative tolerance of an adaptive step."));
  public static final Key<Double> SOLVER_ATOL =
      add(Key.number("solver.atol", 1e-7, "(0, 1)", "Absolute tolerance of an adaptive step."));
  static final Key<Double> SOLVER_MIN_STEP =
      add(Key.number("solver.minStep", 1e-6, "(0, 1]", "Smallest adaptive step before giving up."));
  static final Key<Double> SOLVER_MAX_STEP =
      add(Key.number("solver.maxStep", 1, "(0, 1]", "Largest adaptive step."));
  static final Key<Integer> SOLVER_MAX_STEPS =
      add(
          Key.integer(
              "solver.maxSteps",
              10_000,
              "[1, 2147483647]",
              "Adaptive steps of a block of a level, accepted and rejected, before giving up."));

  public static final Key<DivergenceConfig.Kind> DIVERGENCE_KIND =
      add(
          Key.choice(
              "divergence.kind",
              DivergenceConfig.Kind.AUTO,
              "How the divergence is computed; auto takes the cheapest exact one, or in training"
                  + " probes where no closed form applies."));
  static final Key<DivergenceConfig.Noise> DIVERGENCE_NOISE =
      add(
          Key.choice(
              "divergence.noise", DivergenceConfig.Noise.GAUSSIAN, "Distribution of probes."));
  static final Key<Integer> DIVERGENCE_PROBES =
      add(Key.integer("divergence.probes", 1, "[1, 1024]", "Probes averaged."));

  public static final Key<Objective> TRAIN_OBJECTIVE =
      add(
          Key.choice(
              "train.objective",
              Objective.LIKELIHOOD,
              "What is minimised: -log p through the solve, the deviation from straight paths"
                  + " without one, or an energy of samples less their entropy."));
  static final Key<Integer> TRAIN_TIMES =
      add(
          Key.integer(
              "train.times", 4, "[1, 65536]", "Slices of a batch of flow matching, a time each."));
  public static final Key<String> TRAIN_START =
      add(
          Key.text(
              "train.start",
              "Model or run whose parameters training starts from; fresh ones where empty."));
  static final Key<Integer> TRAIN_BATCH =
      add(Key.integer("train.batch", 64, "[1, 65536]", "Examples of a local step."));
  static final Key<Integer> TRAIN_LOCAL_STEPS =
      add(
          Key.integer(
              "train.localSteps", 10, "[1, 1000000]", "Steps of a shard between two averages."));
  public static final Key<Integer> TRAIN_ROUNDS =
      add(Key.integer("train.rounds", 100, "[1, 100000000]", "Averages in all."));
  static final Key<String> TRAIN_UPDATER =
      add(
          Key.choice(
              "train.updater", names(Updaters.NAMES), "adam", "DL4J's updater of local steps."));
  static final Key<Double> TRAIN_LEARNING_RATE =
      add(Key.number("train.learningRate", 2e-3, "(0, 10]", "Rate of the updater at its height."));
  static final Key<LearningRate.Schedule> TRAIN_SCHEDULE =
      add(
          Key.choice(
              "train.schedule",
              LearningRate.Schedule.CONSTANT,
              "How the learning rate falls: over the rounds, or when validations find nothing lower."));
  static final Key<Integer> TRAIN_WARMUP_ROUNDS =
      add(
          Key.integer(
              "train.warmupRounds", 0, "[0, 1000000]", "Rounds over which the rate rises."));
  static final Key<Integer> TRAIN_PLATEAU_PATIENCE =
      add(
          Key.integer(
              "train.plateauPatience",
              3,
              "[1, 1000000]",
              "Validations without a lower loss before train.schedule=plateau lowers the rate."));
  static final Key<Double> TRAIN_PLATEAU_FACTOR =
      add(
          Key.number(
              "train.plateauFactor",
              0.5,
              "(0, 1)",
              "Factor on the learning rate at each plateau, with train.schedule=plateau."));
  static final Key<Double> TRAIN_CLIP_NORM =
      add(
          Key.number(
              "train.clipNorm",
              0,
              "[0, inf)",
              "Largest L2 norm of a batch's mean gradient; 0 for no limit."));
  static final Key<Double> TRAIN_OUTER_RATE =
      add(
          Key.number(
              "train.outerRate", 1, "(0, 2]", "Share of the averaged change that is taken."));
  static final Key<Double> TRAIN_OUTER_MOMENTUM =
      add(
          Key.number(
              "train.outerMomentum", 0, "[0, 1)", "Nesterov momentum of the averaged change."));
  static final Key<Double> TRAIN_KINETIC_WEIGHT =
      add(Key.number("train.kineticWeight", 0.01, "[0, inf)", "Weight in the loss of mean |v|^2."));
  static final Key<Double> TRAIN_JACOBIAN_WEIGHT =
      add(
          Key.number(
              "train.jacobianWeight", 0.01, "[0, inf)", "Weight in the loss of mean |dv/dx|^2."));
  static final Key<Double> TRAIN_COTANGENT_LIMIT =
      add(
          Key.number(
              "train.cotangentLimit",
              0,
              "[0, inf)",
              "Largest root mean square of an example's d log p / dx(t) on its way back through the"
                  + " solve, for the few whose gradient explodes; 0 for no limit."));
  static final Key<Boolean> TRAIN_SHIFTED_GRIDS =
      add(
          Key.flag(
              "train.shiftedGrids",
              true,
              "Whether each batch is solved on a fixed grid shifted by a random part of a step, so"
                  + " that no likelihood is made of the places of the grid's own nodes."));
  static final Key<Double> TRAIN_AVERAGE_DECAY =
      add(
          Key.number(
              "train.averageDecay",
              0,
              "[0, 1)",
              "Share that the moving average of the parameters, which is validated and released,"
                  + " keeps in a round, at most n / (n + 9) in the n-th; 0 for the parameters"
                  + " themselves."));
  public static final Key<Integer> TRAIN_SHARDS =
      add(
          Key.integer(
              "train.shards",
              0,
              "[0, 1000000]",
              "Parts of the data, one task each; the result depends on it; 0 for one a core."));
  public static final Key<Double> TRAIN_HELD_OUT_FRACTION =
      add(
          Key.number(
              "train.heldOutFraction",
              0.05,
              "[0, 1)",
              "Part of the training data kept for validation where data.validation is none."));
  static final Key<Boolean> TRAIN_FLIP =
      add(
          Key.flag(
              "train.flip",
              false,
              "Whether an image is mirrored along its last axis, left to right, half of the times"
                  + " that it is learnt from."));
  static final Key<Integer> TRAIN_SHIFT =
      add(
          Key.integer(
              "train.shift",
              0,
              "[0, 65535]",
              "Sites by which an image is moved at most, on each axis, anew each time that it is"
                  + " learnt from; its edge is repeated where nothing else comes in."));
  static final Key<Integer> TRAIN_VALIDATE_EVERY =
      add(Key.integer("train.validateEvery", 10, "[1, 1000000]", "Rounds between validations."));
  static final Key<Integer> TRAIN_VALIDATION_EXAMPLES =
      add(
          Key.integer(
              "train.validationExamples",
              512,
              "[1, 2147483647]",
              "Held-out examples of a validation at most; of more, those that a hash of their keys"
                  + " and the seed puts first."));
  static final Key<Integer> TRAIN_CHECKPOINT_EVERY =
      add(
          Key.integer(
              "train.checkpointEvery",
              10,
              "[1, 1000000]",
              "Rounds between checkpoints; the lowest held-out loss is one too."));
  public static final Key<Integer> TRAIN_KEEP_CHECKPOINTS =
      add(
          Key.integer(
              "train.keepCheckpoints",
              2,
              "[1, 1000000]",
              "Newest checkpoints kept, beside that of the lowest held-out loss."));
  public static final Key<Integer> TRAIN_KEEP_EVERY =
      add(
          Key.integer(
              "train.keepEvery",
              0,
              "[0, 1000000]",
              "Checkpoints of every so many rounds are kept for good; 0 for none."));
  static final Key<Integer> TRAIN_ROLLBACKS =
      add(
          Key.integer(
              "train.rollbacks",
              3,
              "[0, 1000]",
              "Times that a run goes back to its newest checkpoint, or its best where the newest has"
                  + " led astray before, with a smaller rate, after a round whose loss or gradient"
                  + " left all bounds; then it stops."));
  static final Key<Double> TRAIN_ROLLBACK_FACTOR =
      add(
          Key.number(
              "train.rollbackFactor",
              0.5,
              "(0, 1)",
              "Factor on the learning rate after each rollback of train.rollbacks."));
  static final Key<Double> TRAIN_EXPLOSION_NORM =
      add(
          Key.number(
              "train.explosionNorm",
              1e6,
              "(0, inf)",
              "L2 norm of a batch's mean gradient, before clipping, above which a round is taken back;"
                  + " with train.clipNorm that of a shard's median batch."));
  static final Key<Double> TRAIN_MAX_SOLVER_ERROR =
      add(
          Key.number(
              "train.maxSolverError",
              0.1,
              "(0, inf)",
              "Bits or nats per dimension by which a validation may find that the training's step"
                  + " underrates the loss, before the round is such; flow matching, which solves"
                  + " nothing, is not judged."));
  public static final Key<Double> TRAIN_MAX_SECONDS =
      add(
          Key.number(
              "train.maxSeconds",
              0,
              "[0, inf)",
              "Seconds after which no further round begins; 0 for no limit."));
  public static final Key<Long> TRAIN_SEED =
      add(Key.seed("train.seed", "Seed of parameters, noise, order and split."));
  static final Key<DataType> TRAIN_DTYPE =
      add(Key.choice("train.dtype", types(), DataType.FLOAT, "Precision of training."));
  static final Key<TrainingConfig.Master> TRAIN_MASTER =
      add(
          Key.choice(
              "train.master",
              TrainingConfig.Master.AVERAGING,
              "Who averages: rgflow, or DL4J's ParameterAveragingTrainingMaster to compare with."));

  public static final Key<Then> TRAIN_THEN =
      add(
          Key.choice(
              "train.then",
              Then.NONE,
              "Second phase of a run of flow matching, from what the first released: by likelihood,"
                  + " or none."));

  static final Key<Integer> THEN_ROUNDS =
      add(Key.integer("then.rounds", 50, "[1, 100000000]", "The second phase's train.rounds."));
  static final Key<Integer> THEN_BATCH =
      add(Key.integer("then.batch", 32, "[1, 65536]", "The second phase's train.batch."));
  static final Key<Integer> THEN_LOCAL_STEPS =
      add(
          Key.integer(
              "then.localSteps", 5, "[1, 1000000]", "The second phase's train.localSteps."));
  static final Key<Double> THEN_LEARNING_RATE =
      add(
          Key.number(
              "then.learningRate", 5e-4, "(0, 10]", "The second phase's train.learningRate."));
  static final Key<Integer> THEN_WARMUP_ROUNDS =
      add(
          Key.integer(
              "then.warmupRounds", 2, "[0, 1000000]", "The second phase's train.warmupRounds."));
  static final Key<Double> THEN_CLIP_NORM =
      add(Key.number("then.clipNorm", 50, "[0, inf)", "The second phase's train.clipNorm."));
  static final Key<Double> THEN_COTANGENT_LIMIT =
      add(
          Key.number(
              "then.cotangentLimit", 15, "[0, inf)", "The second phase's train.cotangentLimit."));
  static final Key<Double> THEN_AVERAGE_DECAY =
      add(Key.number("then.averageDecay", 0.5, "[0, 1)", "The second phase's train.averageDecay."));

  public static final Key<String> ENERGY_NAME =
      add(
          Key.text(
              "energy.name",
              "Energy to learn from: gaussian, mixture, ring, phi4, ising, or the full name of a"
                  + " class that is an org.rgflow.flow.energy.Energy."));
  static final Key<List<Integer>> ENERGY_LATTICE =
      add(
          Key.integers(
              "energy.lattice",
              List.of(1),
              "[1, 65536]",
              "Sites on each axis of a periodic lattice; one number is a square of ising."));
  static final Key<Integer> ENERGY_CHANNELS =
      add(
          Key.integer(
              "energy.channels",
              1,
              "[1, 1024]",
              "Values per site of gaussian, mixture and phi4: 1 for a real field, 2 for a complex"
                  + " one."));
  static final Key<Double> ENERGY_MEAN =
      add(Key.number("energy.mean", 0, "[-1e6, 1e6]", "Mean of gaussian."));
  static final Key<Double> ENERGY_DEVIATION =
      add(
          Key.number(
              "energy.deviation",
              1,
              "(0, 1e6]",
              "Standard deviation of each Gaussian of gaussian, mixture and ring."));
  static final Key<Integer> ENERGY_MODES =
      add(Key.integer("energy.modes", 8, "[1, 10000]", "Gaussians on the circle of ring."));
  static final Key<Double> ENERGY_RADIUS =
      add(
          Key.number(
              "energy.radius", 2, "[0, 1e6]", "Distance from 0 of the modes of mixture and ring."));
  static final Key<Double> ENERGY_MASS_SQUARED =
      add(Key.number("energy.massSquared", -4, "[-1e6, 1e6]", "Factor m^2 of phi^2 in phi4."));
  static final Key<Double> ENERGY_COUPLING =
      add(Key.number("energy.coupling", 6.975, "[0, 1e6]", "Factor lambda of phi^4 in phi4."));
  static final Key<Double> ENERGY_TEMPERATURE =
      add(
          Key.number(
              "energy.temperature",
              IsingEnergy.criticalTemperature(),
              "(0, 1e6]",
              "Temperature of ising in units of J; its default is the critical one."));
  static final Key<List<String>> ENERGY_SETTINGS =
      add(
          Key.texts(
              "energy.settings", "Further settings as name=value, for a class of the user's own."));

  static final Key<PixelConfig.Transform> PIXELS_TRANSFORM =
      add(
          Key.choice(
              "pixels.transform",
              PixelConfig.Transform.LOGIT,
              "How pixels become real numbers: their logit, or the quantile that gives the values of"
                  + " every channel a standard normal distribution."));
  public static final Key<Double> PIXELS_ALPHA =
      add(
          Key.number(
              "pixels.alpha",
              1e-6,
              "(0, 0.5)",
              "Constant that keeps transformed pixels finite; of the logit 1e-6 for images like"
                  + " MNIST's, 0.05 for natural ones."));
  static final Key<Boolean> PIXELS_STANDARDISE =
      add(
          Key.flag(
              "pixels.standardise",
              true,
              "Whether each channel's logits are brought to mean 0 and variance 1."));
  public static final Key<Double> PIXELS_ATOM =
      add(
          Key.number(
              "pixels.atom",
              0.6,
              "(0, 1]",
              "Share of a channel's pixels beyond which gaussian gives one value, such as the"
                  + " background's, a normal distribution of its own; 1 for none."));
  public static final Key<Double> PIXELS_TAIL =
      add(
          Key.number(
              "pixels.tail",
              0.002,
              "(0, 0.5)",
              "Share that a normal distribution of pixels.atom lacks where the next begins: the"
                  + " smaller, the further apart they are, and the stiffer the flow."));

  static final Key<Boolean> VALUES_STANDARDISE =
      add(
          Key.flag(
              "values.standardise",
              true,
              "Whether real values are brought to mean 0 and variance 1 per channel, where a flow"
                  + " begins. Likelihoods and samples stay those of the values; an energy takes"
                  + " values as they are."));

  public static final Key<Integer> SCORE_DRAWS =
      add(
          Key.integer(
              "score.draws",
              1,
              "[1, 10000]",
              "Dequantisations of an image, averaged in probability."));
  public static final Key<Boolean> SCORE_SOLVER_ERROR =
      add(
          Key.flag(
              "score.solverError",
              true,
              "Whether every image is solved on twice the step too, at half the cost, and compared."));
  public static final Key<Double> SCORE_MAX_SOLVER_ERROR =
      add(
          Key.number(
              "score.maxSolverError",
              0.05,
              "(0, inf)",
              "Difference to the solve on twice the step, in bits/dim or nats/dim, past which an"
                  + " image's status is not ok."));
  public static final Key<Integer> SCORE_PARTITIONS =
      add(
          Key.integer(
              "score.partitions",
              0,
              "[0, 1000000]",
              "Tasks, and files, of a chunk; 0 for one a core."));
  public static final Key<Integer> SCORE_CHUNK =
      add(
          Key.integer(
              "score.chunk",
              0,
              "[0, 2147483647]",
              "Images committed at once, which a run that is killed need not score again; 0 for 5000"
                  + " a task."));
  public static final Key<Boolean> SCORE_LATENTS =
      add(
          Key.flag(
              "score.latents",
              false,
              "Whether rows have their latents, of which rgflow decode makes images again."));
  public static final Key<Long> SCORE_SEED =
      add(Key.seed("score.seed", "Seed of dequantisation noise and probes."));
  public static final Key<ToldBy> SCORE_NEW_BY =
      add(
          Key.choice(
              "score.newBy",
              ToldBy.TIME,
              "When a file of a name that --since-manifest knows is new: when its length is another,"
                  + " or the time of its last change too, or its bytes too, for which every file is"
                  + " read; of a file whose bytes an earlier score did not note, its length alone."));
  public static final Key<Boolean> SCORE_OVERWRITE =
      add(Key.flag("score.overwrite", false, "Whether scores already there are replaced."));

  public static final Key<Integer> SAMPLE_COUNT =
      add(Key.integer("sample.count", 64, "[1, 10000000]", "Samples drawn."));
  public static final Key<Integer> SAMPLE_COLUMNS =
      add(Key.integer("sample.columns", 8, "[1, 1000]", "Images in a row of the picture."));
  public static final Key<Integer> SAMPLE_ZOOM =
      add(Key.integer("sample.zoom", 2, "[1, 64]", "Width of a pixel in the picture."));
  public static final Key<List<Double>> SAMPLE_TEMPERATURE =
      add(
          Key.numbers(
              "sample.temperature",
              List.of(1.0),
              "[0, 100]",
              "Factor on the latents, or one to a level, the finest first."));
  static final Key<Integer> SAMPLE_BATCH =
      add(Key.integer("sample.batch", 64, "[1, 65536]", "Samples decoded at once."));
  public static final Key<Integer> SAMPLE_PARTITIONS =
      add(Key.integer("sample.partitions", 0, "[0, 1000000]", "Tasks; 0 for one a core."));
  public static final Key<Long> SAMPLE_SEED = add(Key.seed("sample.seed", "Seed of the latents."));
  public static final Key<Boolean> SAMPLE_OVERWRITE =
      add(Key.flag("sample.overwrite", false, "Whether samples already there are replaced."));

  public static final Key<Integer> INPAINT_DRAWS =
      add(Key.integer("inpaint.draws", 4, "[1, 1000]", "Fillings of an image."));
  static final Key<Double> INPAINT_NOISE =
      add(
          Key.number(
              "inpaint.noise",
              0.1,
              "(0, 10]",
              "Deviation with which a filling is held to the known pixels, in units of the"
                  + " transformed pixels: less fits the edge better, and takes smaller steps."));
  static final Key<Double> INPAINT_INFLUENCE =
      add(
          Key.number(
              "inpaint.influence",
              0.99,
              "(0, 1]",
              "Share of the hole's squared response to all latents that the latents drawn make"
                  + " up; 1 for all."));
  static final Key<Integer> INPAINT_TRAJECTORIES =
      add(
          Key.integer(
              "inpaint.trajectories",
              40,
              "[2, 1000000]",
              "Trajectories of Hamiltonian Monte Carlo, the first half of which finds the step."));
  static final Key<Integer> INPAINT_LEAPFROGS =
      add(Key.integer("inpaint.leapfrogs", 8, "[1, 100000]", "Steps of a trajectory."));
  public static final Key<Integer> INPAINT_PARTITIONS =
      add(Key.integer("inpaint.partitions", 0, "[0, 1000000]", "Tasks; 0 for one a core."));
  static final Key<Long> INPAINT_SEED =
      add(Key.seed("inpaint.seed", "Seed of dequantisation, probes, momenta and acceptances."));

  public static final Key<Integer> REPORT_IMAGES =
      add(
          Key.integer(
              "report.images",
              256,
              "[2, 100000]",
              "Images of each set that a report scores, from all over the set."));

  public static final Key<Integer> PHYSICS_SAMPLES =
      add(
          Key.integer(
              "physics.samples",
              8192,
              "[2, 100000000]",
              "Independent samples of the model for free energies and for Metropolis chains."));
  public static final Key<Boolean> PHYSICS_EVEN =
      add(
          Key.flag(
              "physics.even",
              false,
              "Whether samples are weighed as of the model made even, (q(x) + q(-x)) / 2, for an"
                  + " even energy whose two mirrored states the model may not both have found."));
  public static final Key<Integer> PHYSICS_CHAINS =
      add(
          Key.integer(
              "physics.chains", 64, "[1, 1000000]", "Markov chains of either kind, for errors."));
  public static final Key<Integer> PHYSICS_TRAJECTORIES =
      add(
          Key.integer(
              "physics.trajectories",
              64,
              "[0, 1000000]",
              "Trajectories of a chain of Hamiltonian Monte Carlo; 0 for none of these chains."));
  static final Key<Integer> PHYSICS_WARM_UP =
      add(
          Key.integer(
              "physics.warmUp", 16, "[0, 1000000]", "Trajectories before those that count."));
  static final Key<Integer> PHYSICS_LEAPFROGS =
      add(
          Key.integer(
              "physics.leapfrogs",
              8,
              "[1, 100000]",
              "Steps of a trajectory; with physics.step a quarter of the period that a perfect"
                  + " model's latents have, 2 pi."));
  public static final Key<Double> PHYSICS_STEP =
      add(
          Key.number(
              "physics.step",
              0.2,
              "(0, 100]",
              "Size of a leapfrog step, where a normal base has a deviation of 1; lower it where few"
                  + " are accepted."));
  public static final Key<Integer> PHYSICS_BATCH =
      add(
          Key.integer(
              "physics.batch",
              32,
              "[1, 65536]",
              "Samples or chains decoded at once, of an adaptive solver one; the unit that tasks share"
                  + " out."));
  public static final Key<Integer> PHYSICS_PARTITIONS =
      add(Key.integer("physics.partitions", 0, "[0, 1000000]", "Tasks; 0 for one a core."));
  public static final Key<Long> PHYSICS_SEED =
      add(Key.seed("physics.seed", "Seed of latents, momenta and acceptances."));

  public static final Key<String> RUN_DIR =
      add(
          Key.text(
              "run.dir",
              "Folder of the run, on any Hadoop file system: configuration, metrics,"
                  + " checkpoints."));

  public static final Key<Boolean> RUN_TENSORBOARD =
      add(
          Key.flag(
              "run.tensorboard",
              true,
              "Whether the run's folder has event files for TensorBoard, in tensorboard."));
  public static final Key<Integer> RUN_SAMPLES =
      add(
          Key.integer(
              "run.samples",
              16,
              "[0, 1024]",
              "Samples drawn at every validation for TensorBoard, of gray or RGB images; 0 for none."));

  public static final Key<String> REGISTRY_URI =
      add(Key.text("registry.uri", "Folder of the registry of models, on any Hadoop file system."));
  public static final Key<String> REGISTRY_MODEL =
      add(Key.text("registry.model", "Name of the model in the registry."));

  public static final Key<String> RETRAIN_DATE =
      add(
          Key.text(
              "retrain.date",
              "Date, or any other name, that a retraining is for; there is one to a date and"
                  + " configuration; today's (UTC) where empty."));
  public static final Key<RetrainStart> RETRAIN_START =
      add(
          Key.choice(
              "retrain.start",
              RetrainStart.CHAMPION,
              "Parameters that training starts from: the champion's, or fresh ones."));
  public static final Key<RetrainFiles> RETRAIN_FILES =
      add(
          Key.choice(
              "retrain.files",
              RetrainFiles.ALL,
              "What is learnt from: all files, or those that are new since the champion's."));
  public static final Key<ToldBy> RETRAIN_NEW_BY =
      add(
          Key.choice(
              "retrain.newBy",
              ToldBy.LENGTH,
              "When a file of a known name is new: when its length is another, or the time of its"
                  + " last change too, or its bytes too, for which every file is read; of a file"
                  + " whose bytes the champion's list does not note, its length alone."));
  public static final Key<Integer> RETRAIN_MINIMUM_NEW =
      add(
          Key.integer(
              "retrain.minimumNew",
              1,
              "[0, 2147483647]",
              "New files without which nothing is done."));
  public static final Key<RetrainDrift> RETRAIN_DRIFT =
      add(
          Key.choice(
              "retrain.drift",
              RetrainDrift.IGNORE,
              "Whether the new images are scored by the champion first, to learn from them only if"
                  + " they have drifted past monitor.maxStability, or only if not."));
  static final Key<Double> RETRAIN_MARGIN =
      add(
          Key.number(
              "retrain.margin",
              0,
              "[-1000, 1000]",
              "By how much, in bits/dim or nats/dim, a challenger must be better than the champion;"
                  + " below 0 it may be worse."));
  static final Key<Double> RETRAIN_CONFIDENCE =
      add(
          Key.number(
              "retrain.confidence",
              0.95,
              "(0, 1)",
              "Confidence of the interval whose lower end must be past the margin."));
  static final Key<Integer> RETRAIN_RESAMPLES =
      add(
          Key.integer(
              "retrain.resamples",
              2000,
              "[100, 1000000]",
              "Resamples of the held-out images that give the interval."));
  static final Key<Double> RETRAIN_MAX_DOUBTFUL =
      add(
          Key.number(
              "retrain.maxDoubtful",
              0.01,
              "[0, 1]",
              "Share of the held-out images whose solver error under the challenger may be past"
                  + " score.maxSolverError."));
  public static final Key<Integer> RETRAIN_LEASE_SECONDS =
      add(
          Key.integer(
              "retrain.leaseSeconds",
              300,
              "[3, 86400]",
              "Time after which another may take over from one that no longer renews its lease; a"
                  + " minute is added for clocks that differ."));
  public static final Key<Integer> RETRAIN_WAIT_SECONDS =
      add(
          Key.integer(
              "retrain.waitSeconds",
              0,
              "[0, 604800]",
              "Time to wait for a lease that another holds."));

  public static final Key<Double> MONITOR_MAX_STABILITY =
      add(
          Key.number(
              "monitor.maxStability",
              0.25,
              "(0, inf)",
              "Population stability index above which new images have drifted."));

  private Keys() {}

  private static <T> Key<T> add(Key<T> key) {
    ALL.put(key.name(), key);
    return key;
  }

  private static Map<String, Integer> channels() {
    Map<String, Integer> channels = new LinkedHashMap<>();
    List.of(0, 1, 3).forEach(number -> channels.put(number.toString(), number));
    return channels;
  }

  private static Map<String, String> names(List<String> names) {
    return names.stream()
        .collect(
            Collectors.toMap(
                Function.identity(), Function.identity(), (a, b) -> a, LinkedHashMap::new));
  }

  /** Precisions by NumPy's names. */
  public static Map<String, DataType> types() {
    Map<String, DataType> types = new LinkedHashMap<>();
    types.put("float32", DataType.FLOAT);
    types.put("float64", DataType.DOUBLE);
    return types;
  }

  /** All keys in the order of their sections. */
  public static List<Key<?>> all() {
    return new ArrayList<>(ALL.values());
  }

  /**
   * The key of a name.
   *
   * @throws IllegalArgumentException with the nearest name if there is none
   */
  public static Key<?> named(String name) {
    Key<?> key = ALL.get(name);
    if (key == null) {
      throw new IllegalArgumentException(
          name + " is not a key; did you mean " + nearest(name) + "?");
    }
    return key;
  }

  /**
   * The first known name of which only the section is missing, or else the one that the fewest
   * insertions, deletions and substitutions lead to.
   */
  static String nearest(String name) {
    for (String known : ALL.keySet()) {
      if (known.endsWith("." + name)) {
        return known;
      }
    }
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    String nearest = null;
    int least = Integer.MAX_VALUE;
    for (String known : ALL.keySet()) {
      int edits = distance.apply(name, known);
      if (edits < least) {
        least = edits;
        nearest = known;
      }
    }
    return nearest;
  }
}
