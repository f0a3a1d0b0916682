package io.boomerang.sim.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.boomerang.sim.measure.FetchingClient.Result;
import io.boomerang.sim.measure.ProcessorTime;
import io.boomerang.sim.measure.ProxyComparison.Load;
import io.boomerang.sim.measure.ProxyComparison.Plan;
import io.boomerang.sim.measure.ProxyComparison.Turn;
import io.boomerang.sim.measure.ProxyComparison.Way;
import io.boomerang.sim.report.Latency;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

class ProxyTableTest {
    private static final Plan PLAN = new Plan(3, 256, 2, 16, 1, 0);
    private static final long BYTES = 256L << 20;

    private static final String EXPECTED =
            """
            One download of 256 MiB
                                    Mbit/s  spread /direct    /TCP  failed  processors, s for each GiB: steering    hosts   client  machine
            nothing                  1,432   135 %    1.00    2.00       0                                 1.500    3.000    6.000   12.000
            HAProxy, TCP mode          716   135 %    0.50    1.00       0                                 3.000    6.000   12.000   24.000
            HAProxy, HTTP mode         573   135 %    0.40    0.80       0                                 3.750    7.500   15.000   30.000
            chassis                    358   135 %    0.25    0.50       7                                 6.000   12.000   24.000   48.000
            2 downloads at once, together 256 MiB
                                    Mbit/s  spread /direct    /TCP  failed  processors, s for each GiB: steering    hosts   client  machine
            nothing                  1,432   135 %    1.00    2.00       0                                 1.500    3.000    6.000   12.000
            HAProxy, TCP mode          716   135 %    0.50    1.00       0                                 3.000    6.000   12.000   24.000
            HAProxy, HTTP mode         573   135 %    0.40    0.80       0                                 3.750    7.500   15.000   30.000
            chassis                    358   135 %    0.25    0.50       7                                 6.000   12.000   24.000   48.000
            Short requests, 16 at once, each on a connection of its own
                                  a second  spread /direct    /TCP  failed  processors, us for each: steering    hosts   client  machine
            nothing                    667   135 %    1.00    2.00       0                                375      750     1500     3000
            HAProxy, TCP mode          333   135 %    0.50    1.00       0                                750     1500     3000     6000
            HAProxy, HTTP mode         267   135 %    0.40    0.80       0                                938     1875     3750     7500
            chassis                    167   135 %    0.25    0.50       7                               1500     3000     6000    12000
            Short requests one by one, from connecting to the first byte of the answer; us
                                       p50       p99       max   with 16 at once:       p50       p99
            nothing                    150     1,500    90,000                          150     1,500
            HAProxy, TCP mode          300     3,000   180,000                          300     3,000
            HAProxy, HTTP mode         375     3,750   225,000                          375     3,750
            chassis                    600     6,000   360,000                          600     6,000
            """;

    /// In a slow round everything is slow.
    private static List<Turn> turns(final double seconds, final long fetched, final long failed) {
        return List.of(
                turn(seconds, fetched, failed),
                turn(10 * seconds, fetched, 0),
                turn(seconds * 1.5, fetched, 0));
    }

    private static Turn turn(final double seconds, final long fetched, final long failed) {
        return new Turn(
                new Result(
                        fetched,
                        failed,
                        BYTES,
                        seconds,
                        new Latency(fetched, 100 * seconds, 1_000 * seconds, 9_000 * seconds)),
                new ProcessorTime(seconds / 4, seconds / 2, seconds, 2 * seconds));
    }

    @Test
    void shouldPrintMediansAndRatiosWithinRounds() {
        final Map<Load, Map<Way, List<Turn>>> turns = new EnumMap<>(Load.class);
        for (final Load load : Load.values()) {
            final Map<Way, List<Turn>> ways = new EnumMap<>(Way.class);
            ways.put(Way.DIRECT, turns(1, 1_000, 0));
            ways.put(Way.PROXY_TCP, turns(2, 1_000, 0));
            ways.put(Way.PROXY_HTTP, turns(2.5, 1_000, 0));
            ways.put(Way.CHASSIS, turns(4, 1_000, 7));
            turns.put(load, ways);
        }
        final StringWriter out = new StringWriter();

        new ProxyTable(PLAN, turns).print(new PrintWriter(out));

        final String tables = out.toString();
        assertEquals(EXPECTED, tables.substring(tables.indexOf('\n') + 1));
    }
}
