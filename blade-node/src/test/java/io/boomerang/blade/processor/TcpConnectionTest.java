package io.boomerang.blade.processor;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TcpConnectionTest {
    private static final String HANDSHAKE =
            """
            > S  seq=100 win=8000          => PASS
            < SA seq=500 ack=101 win=4000  => PASS
            > A  seq=101 ack=501 win=8000  => PASS
            """;

    @Test
    void shouldFollowAConnectionFromSynToLastAck() {
        final TcpScript script =
                TcpScript.play(HANDSHAKE)
                        .more(
                                """
                                > PA seq=101 ack=501 win=8000 len=200  => PASS
                                < A  seq=501 ack=301 win=4000          => PASS
                                < PA seq=501 ack=301 win=4000 len=1000 => PASS
                                > A  seq=301 ack=1501 win=8000         => PASS
                                > FA seq=301 ack=1501 win=8000         => PASS
                                < A  seq=1501 ack=302 win=4000         => PASS
                                < FA seq=1501 ack=302 win=4000         => PASS
                                """);
        assertFalse(script.connection().isClosed());

        script.more("> A seq=302 ack=1502 win=8000 => PASS");

        assertTrue(script.connection().isClosed());
    }

    @Test
    void shouldCloseWhenBothFinsCross() {
        final TcpScript script =
                TcpScript.play(HANDSHAKE)
                        .more(
                                """
                                > FA seq=101 ack=501 win=8000 => PASS
                                < FA seq=501 ack=101 win=4000 => PASS
                                > A  seq=102 ack=502 win=8000 => PASS
                                < A  seq=502 ack=102 win=4000 => PASS
                                """);

        assertTrue(script.connection().isClosed());
    }

    @Test
    void shouldNotLetTheInitiatorGoOnWithoutAnAnswer() {
        TcpScript.play(
                """
                > S  seq=100 win=8000               => PASS
                > A  seq=101 ack=501 win=8000       => DROP_OUT_OF_STATE
                > PA seq=101 ack=501 win=8000 len=9 => DROP_OUT_OF_STATE
                """);
    }

    @Test
    void shouldNotLetTheResponderSpeakFirst() {
        TcpScript.play(
                """
                > S  seq=100 win=8000         => PASS
                < FA seq=500 ack=101 win=4000 => DROP_OUT_OF_STATE
                < SA seq=500 ack=900 win=4000 => DROP_OUT_OF_WINDOW
                < SA seq=500 ack=101 win=4000 => PASS
                """);
    }

    @Test
    void shouldPassRepeatedHandshakeSegments() {
        TcpScript.play(
                """
                > S  seq=100 win=8000         => PASS
                > S  seq=100 win=8000         => PASS
                < SA seq=500 ack=101 win=4000 => PASS
                > S  seq=100 win=8000         => PASS
                < SA seq=500 ack=101 win=4000 => PASS
                > A  seq=101 ack=501 win=8000 => PASS
                < SA seq=500 ack=101 win=4000 => PASS
                > A  seq=101 ack=501 win=8000 => PASS
                """);
    }

    @Test
    void shouldAcceptASynThatCarriesData() {
        TcpScript.play(
                """
                > S  seq=100 win=8000 len=50  => PASS
                < SA seq=500 ack=151 win=4000 => PASS
                > A  seq=151 ack=501 win=8000 => PASS
                """);
        TcpScript.play(
                """
                > S  seq=100 win=8000 len=50        => PASS
                < SA seq=500 ack=101 win=4000       => PASS
                > A  seq=101 ack=501 win=8000 len=50 => PASS
                """);
    }

    @Test
    void shouldAcceptSimultaneousOpening() {
        TcpScript.play(
                """
                > S  seq=100 win=8000         => PASS
                < S  seq=500 win=4000         => PASS
                > SA seq=100 ack=501 win=8000 => PASS
                < SA seq=500 ack=101 win=4000 => PASS
                > A  seq=101 ack=501 win=8000 => PASS
                """);
    }

    @Test
    void shouldDropDataBeyondTheOfferedWindow() {
        TcpScript.play(HANDSHAKE)
                .more(
                        """
                        > A seq=4101 ack=501 win=8000 len=1   => PASS
                        > A seq=4102 ack=501 win=8000 len=100 => PASS
                        > A seq=9000 ack=501 win=8000 len=100 => DROP_OUT_OF_WINDOW
                        """);
    }

    @Test
    void shouldDropDataOlderThanTheLargestWindow() {
        TcpScript.play(HANDSHAKE)
                .more(
                        """
                        > A seq=101  ack=501 win=8000 len=4000  => PASS
                        < A seq=501  ack=4101 win=4000          => PASS
                        > A seq=4101 ack=501 win=8000 len=4000  => PASS
                        < A seq=501  ack=8101 win=4000          => PASS
                        # repeated data within one window, then older
                        > A seq=4101 ack=501 win=8000 len=1000  => PASS
                        > A seq=101  ack=501 win=8000 len=1000  => DROP_OUT_OF_WINDOW
                        """);
    }

    @Test
    void shouldDropAcknowledgementsOfWhatWasNeverSent() {
        TcpScript.play(HANDSHAKE)
                .more(
                        """
                        < A seq=501 ack=102 win=4000 => DROP_OUT_OF_WINDOW
                        > A seq=101 ack=502 win=8000 => DROP_OUT_OF_WINDOW
                        """);
    }

    @Test
    void shouldDropAcknowledgementsThatLagTooFar() {
        TcpScript.play(HANDSHAKE)
                .more(
                        """
                        < A seq=501 ack=4294900000 win=4000 => DROP_OUT_OF_WINDOW
                        """);
    }

    @Test
    void shouldScaleWindowsOnlyWhenBothEndsOfferIt() {
        TcpScript.play(
                """
                > S  seq=100 win=8000 scale=7         => PASS
                < SA seq=500 ack=101 win=4000 scale=4 => PASS
                > A  seq=101 ack=501 win=100          => PASS
                < A  seq=501 ack=101 win=1000 len=12000 => PASS
                > A  seq=101 ack=501 win=100 len=15000 => PASS
                < A  seq=13301 ack=101 win=1000 len=1 => PASS
                < A  seq=99999 ack=101 win=1000 len=1 => DROP_OUT_OF_WINDOW
                """);
        TcpScript.play(
                """
                > S  seq=100 win=8000 scale=7       => PASS
                < SA seq=500 ack=101 win=4000       => PASS
                > A  seq=101 ack=501 win=100        => PASS
                < A  seq=501 ack=101 win=1000       => PASS
                < A  seq=13301 ack=101 win=1000 len=1 => DROP_OUT_OF_WINDOW
                """);
    }

    @Test
    void shouldWorkAcrossTheEndOfTheSequenceSpace() {
        TcpScript.play(
                """
                > S  seq=4294967290 win=8000                 => PASS
                < SA seq=4294967295 ack=4294967291 win=4000  => PASS
                > A  seq=4294967291 ack=0 win=8000 len=100   => PASS
                < A  seq=0 ack=95 win=4000 len=10            => PASS
                > FA seq=95 ack=10 win=8000                  => PASS
                < FA seq=10 ack=96 win=4000                  => PASS
                > A  seq=96 ack=11 win=8000                  => PASS
                """);
    }

    @Test
    void shouldPassKeepAlivesAndWindowProbes() {
        TcpScript.play(HANDSHAKE)
                .more(
                        """
                        > A seq=101 ack=501 win=8000 len=4000 => PASS
                        < A seq=501 ack=4101 win=0            => PASS
                        > A seq=4101 ack=501 win=8000 len=1   => PASS
                        < A seq=501 ack=4101 win=0            => PASS
                        > A seq=4100 ack=501 win=8000         => PASS
                        < A seq=500 ack=4101 win=4000         => PASS
                        """);
    }

    @Test
    void shouldCloseOnAResetWithinTheWindowOnly() {
        final TcpScript script =
                TcpScript.play(HANDSHAKE).more("< R seq=90000 => DROP_OUT_OF_WINDOW");
        assertFalse(script.connection().isClosed());

        script.more("< R seq=501 => PASS");

        assertTrue(script.connection().isClosed());
    }

    @Test
    void shouldCloseWhenTheOpeningIsRefused() {
        final TcpScript script =
                TcpScript.play(
                        """
                        > S  seq=100 win=8000   => PASS
                        < RA seq=0 ack=77       => DROP_OUT_OF_WINDOW
                        < RA seq=0 ack=101      => PASS
                        """);

        assertTrue(script.connection().isClosed());
    }

    @Test
    void shouldBeginAnotherConnectionAfterTheLastOne() {
        TcpScript.play(HANDSHAKE)
                .more(
                        """
                        < R  seq=501                     => PASS
                        > S  seq=777000 win=8000         => PASS
                        < SA seq=90 ack=777001 win=4000  => PASS
                        > A  seq=777001 ack=91 win=8000  => PASS
                        """);
    }

    @Test
    void shouldFollowAnInitiatorThatRestartedUnnoticed() {
        TcpScript.play(HANDSHAKE)
                .more(
                        """
                        > S  seq=777000 win=8000         => PASS
                        < SA seq=90 ack=777001 win=4000  => PASS
                        > A  seq=777001 ack=91 win=8000  => PASS
                        < A  seq=501 ack=101 win=4000    => DROP_OUT_OF_WINDOW
                        """);
    }

    @Test
    void shouldKeepTheConnectionWhenAStraySynIsChallenged() {
        TcpScript.play(HANDSHAKE)
                .more(
                        """
                        > S seq=777000 win=8000      => PASS
                        < A seq=501 ack=101 win=4000 => PASS
                        > A seq=101 ack=501 win=8000 => PASS
                        < S seq=1 win=4000           => DROP_OUT_OF_STATE
                        """);
    }

    @Test
    void shouldPassTheChallengeOfAResponderThatHoldsAnOldConnection() {
        TcpScript.play(
                """
                > S  seq=100 win=8000          => PASS
                < A  seq=9000 ack=4000 win=100 => PASS
                > R  seq=4000                  => PASS
                > S  seq=100 win=8000          => PASS
                < SA seq=500 ack=101 win=4000  => PASS
                """);
    }

    @Test
    void shouldJoinInMidStreamWithoutJudgingWindows() {
        final TcpScript script =
                TcpScript.play(
                        """
                        > PA seq=5000 ack=7000 win=10 len=100     => PASS
                        < A  seq=7000 ack=5100 win=20 len=1400    => PASS
                        < A  seq=99000 ack=5100 win=20 len=1400   => PASS
                        > A  seq=5100 ack=99999 win=10            => PASS
                        """);

        assertTrue(script.connection().isLoose());
    }

    @Test
    void shouldSeeTheEndOfAConnectionJoinedInMidStream() {
        final TcpScript script =
                TcpScript.play(
                        """
                        > FA seq=5000 ack=7000 win=10 => PASS
                        < FA seq=7000 ack=5001 win=10 => PASS
                        > A  seq=5001 ack=7001 win=10 => PASS
                        """);

        assertTrue(script.connection().isClosed());
    }

    @Test
    void shouldJudgeStrictlyAgainAfterAHandshakeOnAJoinedConnection() {
        final TcpScript script =
                TcpScript.play(
                        """
                        > PA seq=5000 ack=7000 win=10 len=100 => PASS
                        > S  seq=100 win=8000                 => PASS
                        < SA seq=500 ack=101 win=4000         => PASS
                        > A  seq=101 ack=501 win=8000         => PASS
                        < A  seq=90000 ack=101 win=4000       => DROP_OUT_OF_WINDOW
                        """);

        assertFalse(script.connection().isLoose());
    }
}
