package org.rgflow.notebook;

import java.lang.instrument.ClassDefinition;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.jshell.execution.DirectExecutionControl;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import jdk.jshell.spi.SPIResolutionException;

/**
 * Runs JShell's snippets on a thread of this process, keeping the objects they return and the
 * exceptions they throw, of which JShell itself has but the text.
 */
final class CellThread extends DirectExecutionControl implements ExecutionControlProvider {
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "cell");
            thread.setDaemon(true); // one that ignores its interruption does not hold the process
            return thread;
          });
  private final Map<String, Object> values = new ConcurrentHashMap<>();
  private volatile Future<?> running;
  private volatile boolean isInterrupted;
  private volatile Throwable failure;
  private int count;

  @Override
  public String name() {
    return "thread";
  }

  @Override
  public ExecutionControl generate(ExecutionEnv environment, Map<String, String> parameters) {
    return this;
  }

  /** Returns the key under which {@link #take} finds the value. */
  @Override
  protected String invoke(Method snippet) throws RunException {
    failure = null;
    try {
      Object value =
          run(
              () -> {
                // where Spark looks up the classes of cells
                Thread.currentThread()
                    .setContextClassLoader(snippet.getDeclaringClass().getClassLoader());
                return snippet.invoke(null);
              });
      String key = "value" + count++;
      if (value != null) {
        values.put(key, value);
      }
      return key;
    } catch (InterruptedException e) {
      failure = e;
    } catch (ExecutionException e) {
      Throwable thrown = e.getCause();
      failure = thrown instanceof InvocationTargetException wrapped ? wrapped.getCause() : thrown;
    }
    if (failure instanceof SPIResolutionException unresolved) {
      throw new ResolutionException(unresolved.id(), unresolved.getStackTrace());
    }
    throw new UserException(
        String.valueOf(failure.getMessage()),
        failure.getClass().getName(),
        failure.getStackTrace());
  }

  /** What was interrupted before goes on. */
  void begin() {
    isInterrupted = false;
  }

  /**
   * Does some of a cell's work where {@link #interrupt} ends it.
   *
   * @throws InterruptedException if it did, or had before the work began
   */
  <T> T run(Callable<T> work) throws InterruptedException, ExecutionException {
    Future<T> asked = threads.submit(work);
    running = asked;
    try {
      if (isInterrupted) {
        asked.cancel(true);
      }
      return asked.get();
    } catch (CancellationException e) {
      throw new InterruptedException("the cell was interrupted");
    } finally {
      running = null;
    }
  }

  /**
   * Compiles anew, in place, what a later cell's import or declaration might mean otherwise: a new
   * class in its place, JShell's other way, has its variables anew too.
   */
  @Override
  public void redefine(ClassBytecodes[] classes)
      throws ClassInstallException, NotImplementedException, EngineTerminationException {
    Instrumentation instrumentation = CellAgent.instrumentation();
    if (instrumentation == null) {
      super.redefine(classes);
      return;
    }
    try {
      ClassDefinition[] definitions = new ClassDefinition[classes.length];
      for (int i = 0; i < classes.length; i++) {
        definitions[i] = new ClassDefinition(findClass(classes[i].name()), classes[i].bytecodes());
      }
      instrumentation.redefineClasses(definitions);
    } catch (ClassNotFoundException
        | UnmodifiableClassException
        | LinkageError
        | UnsupportedOperationException e) {
      // members have changed, not code alone
      throw new ClassInstallException(e.toString(), new boolean[classes.length]);
    }
    classesRedefined(classes);
  }

  /** The value of a key, once; null where the snippet's value was. */
  Object take(String key) {
    return values.remove(key);
  }

  /** What the last snippet threw, or null. */
  Throwable failure() {
    return failure;
  }

  void interrupt() {
    isInterrupted = true; // of a cell that is being compiled too
    Future<?> work = running;
    if (work != null) {
      work.cancel(true);
    }
  }
}
