package org.rgflow;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.PrintStream;
import java.io.PrintWriter;

/** The arrows between the modules, and the words that name nothing. */
@AnalyzeClasses(packages = "org.rgflow", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule arrows_point_up_only =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("org.rgflow..")
          .withOptionalLayers(true)
          .layer("data")
          .definedBy("org.rgflow.data..")
          .layer("flow")
          .definedBy("org.rgflow.flow..")
          .layer("dl4j")
          .definedBy("org.rgflow.dl4j..")
          .layer("spark")
          .definedBy("org.rgflow.spark..")
          .layer("cli")
          .definedBy("org.rgflow.cli..")
          .whereLayer("data")
          .mayNotAccessAnyLayer()
          .whereLayer("flow")
          .mayNotAccessAnyLayer()
          .whereLayer("dl4j")
          .mayOnlyAccessLayers("flow")
          .whereLayer("spark")
          .mayOnlyAccessLayers("data", "flow", "dl4j")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .ensureAllClassesAreContainedInArchitecture();

  @ArchTest
  static final ArchRule only_spark_and_cli_use_spark =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.rgflow.spark..", "org.rgflow.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.spark..");

  @ArchTest
  static final ArchRule data_is_plain_java =
      noClasses()
          .that()
          .resideInAPackage("org.rgflow.data..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.nd4j..", "org.apache.spark..", "org.apache.hadoop..")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule packages_have_no_cycles =
      slices().matching("org.rgflow.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule numbers_look_alike_in_every_country =
      noClasses()
          .should()
          .callMethod(String.class, "format", String.class, Object[].class)
          .orShould()
          .callMethod(String.class, "formatted", Object[].class)
          .orShould()
          .callMethod(PrintWriter.class, "printf", String.class, Object[].class)
          .orShould()
          .callMethod(PrintStream.class, "printf", String.class, Object[].class)
          .because("without a locale they are those of the machine");

  @ArchTest
  static final ArchRule names_say_what_a_class_is =
      noClasses()
          .should()
          .haveNameMatching(".*(Manager|Helper|Utils?|Impl|Data|Info)")
          .because("such a name fits every class");
}
