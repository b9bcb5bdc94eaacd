#!/usr/bin/env bash
# Started by Jupyter with the file that describes its connection; cells run in the project's folder, four above this one.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../../.."

kernel=modules/notebook/target
runtime=modules/runtime/target
for part in "$kernel/rgflow-notebook.jar" "$kernel/lib" "$runtime/rgflow-runtime.jar" "$runtime/spark/jars"; do
  [[ -e $part ]] || {
    echo "rgflow: $PWD/$part is not built: mvn -q -DskipTests -pl modules/notebook -am package" >&2
    exit 1
  }
done

export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
export MALLOC_ARENA_MAX=${MALLOC_ARENA_MAX:-2}
export SPARK_LOCAL_IP=${SPARK_LOCAL_IP:-127.0.0.1}
export LOG4J_CONFIGURATION_FILE=${LOG4J_CONFIGURATION_FILE:-$PWD/conf/log4j2.properties}
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" "@$kernel/java.options" "-Xmx${SPARK_DRIVER_MEMORY:-2g}" \
  -Dspark.master="${RGFLOW_NOTEBOOK_MASTER:-local[*]}" -Dspark.ui.enabled=false -Dspark.ui.showConsoleProgress=false \
  "-javaagent:$kernel/rgflow-notebook.jar" \
  -cp "$runtime/spark/jars/*:$runtime/rgflow-runtime.jar:$kernel/rgflow-notebook.jar:$kernel/lib/*" \
  org.rgflow.notebook.JavaKernel "$1"
