package org.rgflow.spark.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rgflow.spark.files.WholeFiles;

class LeaseTest {
  private static final Duration CHOOSING = Duration.ofSeconds(30);
  private static final Owner ELSEWHERE = new Owner("elsewhere", "pid:[1]", 1, 1);

  @TempDir private Path folder;

  private Claims claims() throws IOException {
    return claims(Clock.systemUTC());
  }

  private Claims claims(Clock clock) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(folder.resolve("lease").toUri());
    return new Claims(WholeFiles.of(new Configuration(), path), path, clock, CHOOSING);
  }

  private static LeaseTerms terms(Duration length, Duration patience) {
    return new LeaseTerms("a test", length, patience);
  }

  private static final LeaseTerms MINUTE = terms(Duration.ofMinutes(1), Duration.ZERO);

  private static Clock off(Duration by) {
    return Clock.offset(Clock.systemUTC(), by);
  }

  /** One of a machine whose processes this one does not see. */
  private static Claim foreign(long number, Instant expires) {
    return new Claim("another", number, ELSEWHERE, "another test", expires);
  }

  @Test
  void aFileSystemThatIsTooSlowIsSaidSoAndIsNobodysLease() throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(folder.resolve("lease").toUri());
    WholeFiles files = WholeFiles.of(new Configuration(), path);
    Claims slow = new Claims(files, path, Clock.systemUTC(), Duration.ZERO);
    assertThatThrownBy(() -> Lease.acquire(slow, MINUTE))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageEndingWith(folder.getFileName() + ": its lease could not be taken")
        .hasRootCauseMessage("reading and writing claims took longer than 0 s, 3 times");
    assertThat(claims().holder()).isEmpty();
    Lease.acquire(claims(), MINUTE).close();
  }

  @Test
  void ofSeveralThatStartAtOnceExactlyOneHasIt() throws Exception {
    int starters = 4;
    ExecutorService threads = Executors.newFixedThreadPool(starters);
    try {
      for (int time = 0; time < 50; time++) {
        CyclicBarrier together = new CyclicBarrier(starters);
        CountDownLatch tried = new CountDownLatch(starters);
        Callable<Boolean> starter =
            () -> {
              Claims own = claims();
              together.await();
              try (Lease lease = Lease.acquire(own, MINUTE)) {
                tried.countDown();
                assertThat(tried.await(1, TimeUnit.MINUTES)).isTrue();
                lease.require();
                return true;
              } catch (LeaseHeldException e) {
                tried.countDown();
                return false;
              }
            };
        List<Future<Boolean>> started = new ArrayList<>();
        for (int i = 0; i < starters; i++) {
          started.add(threads.submit(starter));
        }
        int working = 0;
        for (Future<Boolean> one : started) {
          working += one.get() ? 1 : 0;
        }
        assertThat(working).isEqualTo(1);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void oneThatIsGivenBackIsFree() throws IOException {
    Lease.acquire(claims(), MINUTE).close();
    assertThat(claims().holder()).isEmpty();
    Lease.acquire(claims(), MINUTE).close();
    assertThat(folder.resolve("lease")).doesNotExist();
  }

  @Test
  void whoComesLaterLearnsWhoHasIt() throws IOException {
    try (Lease first = Lease.acquire(claims(), MINUTE)) {
      assertThatThrownBy(() -> Lease.acquire(claims(), MINUTE))
          .isInstanceOf(LeaseHeldException.class)
          .hasMessageContaining("the lease is held by process " + ProcessHandle.current().pid())
          .hasMessageContaining(", a test, until ");
      first.require();
    }
  }

  @Test
  void whoIsPatientGetsItAfterwards() throws Exception {
    Lease first = Lease.acquire(claims(), MINUTE);
    Thread later =
        new Thread(
            () -> {
              try {
                Thread.sleep(300);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              first.close();
            });
    later.start();
    try (Lease second =
        Lease.acquire(claims(), terms(Duration.ofMinutes(1), Duration.ofMinutes(1)))) {
      second.require();
    }
    later.join();
  }

  @Test
  void aJobDoesNotWaitForOneThatIsSeenToBeAlive() throws IOException {
    try (Lease first = Lease.acquire(claims(), MINUTE)) {
      assertThatThrownBy(() -> Lease.acquire(claims(), LeaseTerms.ofJob("another")))
          .isInstanceOf(LeaseHeldException.class);
      first.require();
    }
  }

  @Test
  void aJobWaitsForOneElsewhereUntilThatRenewsItsClaim() throws Exception {
    Instant soon = Instant.now().plusSeconds(60);
    claims().write(foreign(1, soon));
    Thread renewal =
        new Thread(
            () -> {
              try {
                Thread.sleep(700);
                claims().write(foreign(1, soon.plusSeconds(20)));
              } catch (InterruptedException | IOException e) {
                throw new IllegalStateException(e);
              }
            });
    renewal.start();
    assertThatThrownBy(() -> Lease.acquire(claims(), LeaseTerms.ofJob("another")))
        .isInstanceOf(LeaseHeldException.class)
        .hasMessageContaining(", until " + soon.plusSeconds(20));
    renewal.join();
  }

  @Test
  void itIsRenewedForAsLongAsItsOwnerLives() throws Exception {
    LeaseTerms second = terms(Duration.ofSeconds(1), Duration.ZERO);
    try (Lease lease = Lease.acquire(claims(), second)) {
      Instant begun = claims().holder().orElseThrow().expires();
      Thread.sleep(2500);
      lease.require();
      assertThat(claims().holder().orElseThrow().expires()).isAfter(begun.plusSeconds(1));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void anExpiredOneIsTakenOverWhetherItsOwnerWasChoosingOrHadIt(long number) throws IOException {
    claims().write(foreign(number, Instant.now().minus(Claim.SKEW).minusSeconds(1)));
    try (Lease lease = Lease.acquire(claims(), MINUTE)) {
      lease.require();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-60, 60})
  void aClockThatIsAMinuteOffDoesNoHarm(long seconds) throws IOException {
    Clock holders = off(Duration.ofSeconds(seconds));
    // it was renewed just now, by a clock that is off
    claims().write(foreign(1, holders.instant().plusSeconds(5)));
    assertThatThrownBy(() -> Lease.acquire(claims(), MINUTE))
        .isInstanceOf(LeaseHeldException.class)
        .hasMessageContaining("process 1 of elsewhere, another test");
  }

  @Test
  void oneOfAProcessOfThisMachineThatHasEndedIsFreeAtOnce() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Owner here = Owner.here();
    Owner gone = new Owner(here.host(), here.space(), ended.pid(), here.started());
    claims().write(new Claim("gone", 1, gone, "ended", Instant.now().plusSeconds(600)));
    try (Lease lease = Lease.acquire(claims(), MINUTE)) {
      lease.require();
    }
  }

  /** As in containers whose first process does not care for orphans. */
  @Test
  void oneOfAProcessThatHasEndedButThatNobodyAskedAfterIsFreeToo() throws Exception {
    Process parent = new ProcessBuilder("sh", "-c", "sleep 600 & echo $!; exec sleep 600").start();
    try {
      long child = Long.parseLong(parent.inputReader().readLine());
      Owner owner = Owner.ofThisHost(child);
      claims().write(new Claim("killed", 1, owner, "killed", Instant.now().plusSeconds(600)));
      assertThatThrownBy(() -> Lease.acquire(claims(), LeaseTerms.ofJob("another")))
          .isInstanceOf(LeaseHeldException.class);
      ProcessHandle.of(child).orElseThrow().destroyForcibly();
      await(owner::isGone);
      assertThat(ProcessHandle.of(child)).as("its number is still taken").isPresent();
      Lease.acquire(claims(), LeaseTerms.ofJob("another")).close();
    } finally {
      parent.destroyForcibly();
    }
  }

  private static void await(BooleanSupplier event) throws InterruptedException {
    for (int tries = 0; !event.getAsBoolean(); tries++) {
      assertThat(tries).as("tries of 10 ms").isLessThan(3000);
      Thread.sleep(10);
    }
  }

  @Test
  void oneOfAnotherProcessOfTheSameNumberIsFreeToo() throws IOException {
    Owner here = Owner.here();
    Owner before = new Owner(here.host(), here.space(), here.process(), here.started() - 1000);
    claims().write(new Claim("before", 1, before, "a reboot ago", Instant.now().plusSeconds(600)));
    Lease.acquire(claims(), MINUTE).close();
  }

  /** The clock that is not set stands still while a machine is suspended. */
  @Test
  void whoWasSuspendedForLongerThanItIsValidHasLostIt() throws IOException {
    AtomicReference<Duration> asleep = new AtomicReference<>(Duration.ZERO);
    InstantSource day = () -> Instant.now().plus(asleep.get());
    try (Lease lease = Lease.acquire(claims(day.withZone(ZoneOffset.UTC)), MINUTE)) {
      asleep.set(Duration.ofSeconds(110));
      lease.requireNotLost(); // another would still wait for clocks that may differ
      asleep.set(Duration.ofSeconds(130));
      assertThat(lease.isLost()).isTrue();
      assertThatThrownBy(lease::requireNotLost).isInstanceOf(LeaseHeldException.class);
    }
  }

  @Test
  void whatAnotherHasTakenOverIsLost() throws IOException {
    try (Lease lease = Lease.acquire(claims(), MINUTE)) {
      claims().remove(claims().holder().orElseThrow());
      assertThatThrownBy(lease::require)
          .isInstanceOf(LeaseHeldException.class)
          .hasMessageContaining("the lease was lost");
      assertThat(lease.isLost()).isTrue();
    }
  }
}
