"""Retrain an rgflow model every night, by spark-submit or on Kubernetes.

The logical date names the run, so that a task that is tried again, or cleared, goes on with what it began. By the launcher in client
mode rgflow's own exit status comes back: 3 (another retrains) and 4 (published, not promoted) are skipped tasks, not failed ones. The
others know failure only; a task that is tried again then finds the run done. What it came to is in the version's decision.json, and in
the outcome.json of the model's runs/DATE-DIGEST/.

Airflow 2.7 or newer, 3 included: before, skip_on_exit_code took one status. Of the providers, apache.spark; and cncf.kubernetes 8.1 or
newer, whose SparkKubernetesOperator waits for the driver's end, and fills in the date in its file.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.providers.cncf.kubernetes.operators.spark_kubernetes import SparkKubernetesOperator

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:  # of Airflow 2, without that provider
    from airflow.operators.bash import BashOperator

JAR = "/opt/rgflow/modules/runtime/target/rgflow-runtime.jar"
CONFIG = "s3a://bucket/config/retrain.yaml"

ARGUMENTS = ["retrain", "--config", CONFIG, "--date", "{{ ds }}", "--quiet"]

DEFAULTS = {
    "owner": "rgflow",
    "retries": 3,
    "retry_delay": timedelta(minutes=10),
    # a killed task's lease ends after retrain.leaseSeconds and a minute
    "execution_timeout": timedelta(hours=8),
}


def nightly(name: str) -> DAG:
    """A DAG of which one run is active at a time."""
    return DAG(
        dag_id=name,
        start_date=datetime(2026, 1, 1),
        schedule="30 2 * * *",
        catchup=False,
        max_active_runs=1,
        default_args=DEFAULTS,
        tags=["rgflow"],
    )


with nightly("rgflow_retrain") as by_launcher:
    BashOperator(
        task_id="retrain",
        bash_command="/opt/rgflow/deploy/submit yarn-client " + " ".join(ARGUMENTS),
        skip_on_exit_code=[3, 4],
    )

with nightly("rgflow_retrain_submit") as by_submit:
    SparkSubmitOperator(
        task_id="retrain",
        conn_id="spark_default",
        application=JAR,
        java_class="org.rgflow.cli.RgFlow",
        application_args=ARGUMENTS,
        executor_cores=4,
        num_executors=2,
        executor_memory="4g",
        driver_memory="4g",
        env_vars={"OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"},
        conf={
            "spark.executorEnv.OMP_NUM_THREADS": "1",
            "spark.executorEnv.MALLOC_ARENA_MAX": "2",
            # of a driver in the cluster
            "spark.driver.memoryOverhead": "2g",
            "spark.driver.extraJavaOptions": (
                "-Dorg.bytedeco.javacpp.maxbytes=1536m -Dorg.bytedeco.javacpp.maxphysicalbytes=5888m"
            ),
            "spark.executor.memoryOverhead": "12g",
            "spark.executor.extraJavaOptions": (
                "-Dorg.bytedeco.javacpp.maxbytes=10g -Dorg.bytedeco.javacpp.maxphysicalbytes=15g"
            ),
        },
        name="rgflow retrain {{ ds }}",
    )

with nightly("rgflow_retrain_kubernetes") as on_kubernetes:
    SparkKubernetesOperator(
        task_id="retrain",
        namespace="rgflow",
        # its arguments have {{ ds }}, which Airflow fills in
        application_file="spark-application.yaml",
        kubernetes_conn_id="kubernetes_default",
    )
