package org.rgflow.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.rgflow.data.DataException;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.train.plan.TrainingConfig;
import org.rgflow.spark.train.plan.TrainingPlan;
import org.rgflow.spark.train.shards.Augmentation;

class AugmentedTrainingTest extends ImageTraining {
  private static TrainingPlan plan(double rate) {
    return config(4, 2, 3, "sgd", rate, 2, 0.25, TrainingConfig.Master.AVERAGING, 0);
  }

  /** Flow matching, then likelihood. */
  private static TrainingPlan twoPhases() {
    return with(plan(1e-2), matching(4, 0.5), plan(1e-2).first());
  }

  private double[] resumed(String name, int round) {
    train(name, limited(twoPhases(), round));
    RunFolder again = RunFolder.resume(new Configuration(), uri(name));
    return parameters(job(again, twoPhases()).run().model());
  }

  @Test
  void bothObjectivesLearnFromVariedImagesAndEndWithTheSameBitsAfterAResumption() {
    double[] plain = parameters(train("plain", twoPhases()));
    augmentation = new Augmentation(true, 1);
    double[] whole = parameters(train("whole", twoPhases()));
    assertThat(whole).isNotEqualTo(plain);
    assertThat(resumed("first", 2)).containsExactly(whole);
    assertThat(resumed("second", 6)).containsExactly(whole);
  }

  private List<RoundReport> reports(String name, TrainingPlan plan) {
    List<RoundReport> reports = new ArrayList<>();
    TrainingListener listener = collecting(reports);
    job(RunFolder.create(new Configuration(), uri(name)), plan, listener).run();
    return reports;
  }

  @Test
  void validationsAndThePixelsTransformAreOfImagesAsTheyAre() {
    TrainingPlan still = plan(1e-30); // a step that no float32 parameter notices
    List<RoundReport> plain = reports("plain", still);
    augmentation = new Augmentation(true, 3);
    List<RoundReport> varied = reports("varied", still);
    assertThat(varied).hasSize(3);
    for (int round = 0; round < 3; round++) {
      assertThat(varied.get(round).heldOut().loss()).isEqualTo(plain.get(round).heldOut().loss());
      assertThat(varied.get(round).steps().loss()).isNotEqualTo(plain.get(round).steps().loss());
    }
    FlowModel model = train("again", still);
    augmentation = Augmentation.NONE;
    assertThat(model.transform())
        .usingRecursiveComparison()
        .isEqualTo(train("plainAgain", still).transform());
  }

  @Test
  void imagesMovedByAWholeAxisAreRefusedBeforeAnythingIsWritten() {
    augmentation = new Augmentation(false, 4);
    RunFolder run = RunFolder.create(new Configuration(), uri("run"));
    assertThatThrownBy(() -> job(run, plan(1e-2)))
        .isInstanceOf(DataException.class)
        .hasMessage("train.shift must be less than 4, the shortest axis of 1x4x4, was 4");
    assertThat(run.exists()).isFalse();
  }
}
