// SPDX-License-Identifier: Apache-2.0
package faultline.conformance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.server.util.Scheduler;

/**
 * Background tasks in the thread that asks for them: those without delay at once (a flush at a roll
 * has ended when the append returns), the others when the script moves the time.
 */
final class ScriptScheduler implements Scheduler {
  private final ScriptTime time;
  private final List<Task> tasks = new ArrayList<>();

  ScriptScheduler(ScriptTime time) {
    this.time = time;
  }

  @Override
  public ScheduledFuture<?> schedule(String name, Runnable code, long delayMs, long periodMs) {
    Task task = new Task(code, time.milliseconds() + Math.max(0, delayMs), periodMs);
    tasks.add(task);
    if (delayMs <= 0) runDue();
    return task;
  }

  void runDue() {
    while (true) {
      Task next =
          tasks.stream().min(Comparator.comparingLong((Task task) -> task.atMs)).orElse(null);
      if (next == null || next.atMs > time.milliseconds()) return;
      tasks.remove(next);
      if (next.isCancelled()) continue;
      next.code.run();
      if (next.periodMs >= 0) {
        next.atMs += Math.max(1, next.periodMs);
        tasks.add(next);
      }
    }
  }

  void forgetAll() {
    tasks.clear();
  }

  @Override
  public void startup() {}

  @Override
  public void shutdown() {
    forgetAll();
  }

  @Override
  public void resizeThreadPool(int threads) {}

  private static final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
    final Runnable code;
    final long periodMs;
    long atMs;

    Task(Runnable code, long atMs, long periodMs) {
      super(code, null);
      this.code = code;
      this.atMs = atMs;
      this.periodMs = periodMs;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(atMs, TimeUnit.MILLISECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.MILLISECONDS), other.getDelay(TimeUnit.MILLISECONDS));
    }
  }
}
