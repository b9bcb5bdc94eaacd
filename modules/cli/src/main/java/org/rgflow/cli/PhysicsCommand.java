package org.rgflow.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.options.ConfigurationOptions;
import org.rgflow.cli.options.ModelOption;
import org.rgflow.cli.session.Session;
import org.rgflow.cli.session.Storage;
import org.rgflow.cli.terminal.Findings;
import org.rgflow.data.DataException;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.energy.EnergyConfig;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.physics.Autocorrelation;
import org.rgflow.spark.physics.ChainStatistics;
import org.rgflow.spark.physics.FreeEnergy;
import org.rgflow.spark.physics.HmcConfig;
import org.rgflow.spark.physics.LatentChains;
import org.rgflow.spark.physics.LatentDraws;
import org.rgflow.spark.physics.LatentDrawsJob;
import org.rgflow.spark.physics.WeightedDraws;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how well a model samples the Boltzmann distribution it was trained on. */
@Command(
    name = "physics",
    header = "Measure how well a model samples the Boltzmann distribution of its energy.",
    description = {
      "Prints the bound on -log Z and log Z by importance sampling with their standard errors, the"
          + " effective sample size, and of Markov chains that propose by the model (independence"
          + " Metropolis-Hastings) or walk in its latents (Hamiltonian Monte Carlo) the acceptance"
          + " and the integrated autocorrelation time of the energy; beside them the exact log Z"
          + " where the energy knows it. For a model of train --energy. Nothing is written."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  rgflow physics --model runs/ising-4",
      "  rgflow physics --model runs/ising-4 --samples 65536 --chains 256 --json",
      "  rgflow physics --model runs/phi4-6 --set physics.step=0.1 --set physics.leapfrogs=16"
    })
final class PhysicsCommand implements Callable<Integer> {
  /** Draws of latents that neither training nor sampling uses. */
  private static final long SAMPLES = -2;

  private static final long STARTS = -3;

  private static final String EVEN = "(q(x) + q(-x)) / 2";

  @Spec private CommandSpec spec;
  @Mixin private ModelOption model;
  @Mixin private ConfigurationOptions options;

  @Option(names = "--samples", paramLabel = "N", description = "physics.samples.")
  private String samples;

  @Option(names = "--even", description = "Weigh samples as of q(x) + q(-x): physics.even.")
  private Boolean even;

  @Option(names = "--chains", paramLabel = "N", description = "physics.chains.")
  private String chains;

  @Option(
      names = "--trajectories",
      paramLabel = "N",
      description = "physics.trajectories; 0 for no Hamiltonian Monte Carlo.")
  private String trajectories;

  @Option(names = "--seed", paramLabel = "N", description = "physics.seed.")
  private String seed;

  @Option(names = "--json", description = "Print one line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Storage storage = Storage.open();
    FlowModel flow = model.readOneDensity(storage);
    Configuration configuration =
        options
            .flag(Keys.PHYSICS_SAMPLES, samples)
            .flag(Keys.PHYSICS_EVEN, even)
            .flag(Keys.PHYSICS_CHAINS, chains)
            .flag(Keys.PHYSICS_TRAJECTORIES, trajectories)
            .flag(Keys.PHYSICS_SEED, seed)
            .ofFinerSolve(storage, flow);
    EnergyConfig energy =
        flow.layer()
            .energy()
            .orElseThrow(
                () ->
                    new DataException(
                        model.path()
                            + ": trained on examples; allowed: a model of train --energy"));
    configuration.requireEnergy(energy);
    Optional<HmcConfig> hmc = configuration.hmc();
    int count = configuration.value(Keys.PHYSICS_SAMPLES);
    int walks = configuration.value(Keys.PHYSICS_CHAINS);
    WeightedDraws.requireEnough(count, walks);
    SolverConfig coarser = configuration.solver().coarser();
    Findings found = new Findings(spec.commandLine().getOut());
    found.putModel(model.path(), flow);
    put(found, energy);
    found.putSolver(configuration.solver(), flow);
    try (SparkSession spark = Session.openToCompute(spec, model.path())) {
      int tasks = configuration.tasks(Keys.PHYSICS_PARTITIONS, spark);
      LatentDrawsJob job =
          new LatentDrawsJob(JavaSparkContext.fromSparkContext(spark.sparkContext()), tasks);
      long begin = System.nanoTime();
      double[] parameters = flow.parameters();
      LatentDraws plain = draws(flow, energy, configuration, SAMPLES);
      LatentDraws draws = configuration.value(Keys.PHYSICS_EVEN) ? plain.madeEven() : plain;
      WeightedDraws drawn = job.draw(draws, parameters, count);
      found.put("weights", configuration.value(Keys.PHYSICS_EVEN) ? EVEN : "q(x)");
      put(found, drawn.freeEnergy());
      found.put("weights_tail", drawn.tail());
      double asTrained = job.draw(draws.with(coarser), parameters, count).freeEnergy().bound();
      found.put("solver_error", drawn.freeEnergy().bound() - asTrained);
      WeightedDraws.Mean mean = drawn.meanEnergy();
      found.put("energy_mean", mean.value());
      found.put("energy_error", mean.error());
      put(found, "metropolis", drawn.metropolis(walks, configuration.value(Keys.PHYSICS_SEED)));
      if (hmc.isPresent()) {
        LatentDraws starts = draws(flow, energy, configuration, STARTS);
        put(found, "hmc", job.walk(new LatentChains(starts, hmc.get()), parameters, walks));
        found.put("hmc_leapfrogs", hmc.get().leapfrogs());
        found.put("hmc_step", hmc.get().step());
      }
      found.putTime(begin, tasks);
    }
    if (json) {
      found.printJson();
    } else {
      print(found);
    }
    return ExitCode.OK;
  }

  private static LatentDraws draws(
      FlowModel flow, EnergyConfig energy, Configuration configuration, long draw) {
    return new LatentDraws(
        flow.layer().flow(),
        configuration.solver(),
        energy,
        configuration.value(Keys.PHYSICS_BATCH),
        configuration.value(Keys.PHYSICS_SEED),
        draw);
  }

  private static void put(Findings found, EnergyConfig config) {
    Energy energy = config.create();
    found.put("energy", config.name());
    found.put("lattice", energy.lattice().toString());
    OptionalDouble exact = energy.logPartition();
    if (exact.isPresent()) {
      found.put("log_z_exact", exact.getAsDouble());
    }
  }

  private static void put(Findings found, FreeEnergy free) {
    found.put("samples", free.samples());
    found.put("free_energy", free.mean());
    found.put("bound", free.bound());
    found.put("bound_error", free.boundError());
    found.put("log_z", free.logPartition());
    found.put("log_z_error", free.logPartitionError());
    found.put("ess", free.effectiveSampleSize());
  }

  private static void put(Findings found, String kind, ChainStatistics chains) {
    found.put(kind + "_chains", chains.chains());
    found.put(kind + "_steps", chains.steps());
    found.put(kind + "_acceptance", chains.acceptance());
    found.put(kind + "_acceptance_error", chains.acceptanceError());
    Autocorrelation energy = chains.energy();
    found.put(kind + "_energy_mean", energy.mean());
    found.put(kind + "_energy_error", energy.meanError());
    found.put(kind + "_tau", energy.time());
    found.put(kind + "_tau_error", energy.timeError());
    found.put(kind + "_window", energy.window());
  }

  private static void print(Findings found) {
    found.printModel("");
    found.line(
        "energy",
        "%s of %s%s",
        found.text("energy"),
        found.text("lattice"),
        found.has("log_z_exact")
            ? Findings.format(", exact log Z %.6f", found.value("log_z_exact"))
            : ", log Z not known");
    found.line(
        "free energy",
        "%.4f, mean of E - log |det dx/dz| in nats, of %,d samples%s",
        found.value("free_energy"),
        found.number("samples"),
        found.text("weights").equals(EVEN) ? ", the model made even" : "");
    found.line(
        "bound",
        "%.4f on -log Z, standard error %.4f%s",
        found.value("bound"),
        found.value("bound_error"),
        off(found, found.value("bound") + found.value("log_z_exact")));
    found.line(
        "log Z",
        "%.4f by importance sampling, standard error %.4f%s",
        found.value("log_z"),
        found.value("log_z_error"),
        off(found, found.value("log_z") - found.value("log_z_exact")));
    found.line("ESS", "%.2f %% of the samples", 100 * found.value("ess"));
    found.line("tail", "%s", tail(found));
    found.line("mean E", "%s by weights", energy(found, ""));
    printChains(found, "metropolis", "samples of the model");
    if (found.has("hmc_steps")) {
      printChains(
          found,
          "hmc",
          Findings.format(
              "trajectories of %d steps of %s in latents",
              found.number("hmc_leapfrogs"), Keys.PHYSICS_STEP.write(found.value("hmc_step"))));
    }
    found.printSolver(
        Findings.format("; the bound is %+.5f off twice the step's", found.value("solver_error")));
    found.printTime();
  }

  /** Its distance from what is exact, where that is known. */
  private static String off(Findings found, double distance) {
    return found.has("log_z_exact") ? Findings.format("; %+.4f from the exact one", distance) : "";
  }

  /** A number that a few samples decide is worse than its error says. */
  private static String tail(Findings found) {
    if (!found.has("weights_tail")) {
      return "of the weights not known: too few samples";
    }
    double most = WeightedDraws.reliableTail();
    return Findings.format(
        "of the weights k = %.2f, %s",
        found.value("weights_tail"),
        found.value("weights_tail") <= most
            ? Findings.format("up to %.1f they can be relied on", most)
            : Findings.format(
                "past %.1f: rely on neither log Z, its error nor the ESS, but on the bound and the"
                    + " chains",
                most));
  }

  private static String energy(Findings found, String kind) {
    return Findings.format(
        "%.4f +- %.4f", found.value(kind + "energy_mean"), found.value(kind + "energy_error"));
  }

  private static void printChains(Findings found, String kind, String what) {
    found.line(
        kind,
        "acceptance %.4f +- %.4f, %,d chains of %,d %s",
        found.value(kind + "_acceptance"),
        found.value(kind + "_acceptance_error"),
        found.number(kind + "_chains"),
        found.number(kind + "_steps"),
        what);
    found.line(
        "",
        found.has(kind + "_tau")
            ? "tau of E %.3f +- %.3f (Gamma method, window %d); mean E %s"
            : "tau of E not known: more than a tenth of a chain, or nothing moved",
        found.value(kind + "_tau"),
        found.value(kind + "_tau_error"),
        found.number(kind + "_window"),
        energy(found, kind + "_"));
  }
}
