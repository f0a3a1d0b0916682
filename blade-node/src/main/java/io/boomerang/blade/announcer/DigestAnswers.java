package io.boomerang.blade.announcer;

import io.boomerang.announce.DigestDifference;
import io.boomerang.announce.PartitionSums;
import io.boomerang.announce.SessionDigests;
import io.boomerang.announce.SessionPull;
import io.boomerang.blade.session.MarkerSession;
import io.boomerang.blade.session.MarkerTable;
import io.boomerang.cluster.ControlSender;
import io.boomerang.flow.Side;

import java.util.ArrayDeque;
import java.util.Deque;

/// Tells redirectors in which partitions the sessions that they have from this blade are others
/// than it holds for them. One redirector after the other, a bounded number of markers at a time;
/// each has one question open at most. Belongs to the blade's thread.
public final class DigestAnswers {
    /// Markers that one call looks at.
    static final int PLACES = 1_024;

    private final MarkerTable table;
    private final RedirectorDirectory directory;
    private final SessionPages pages;
    private final ControlSender control;
    private final Deque<Question> questions = new ArrayDeque<>();

    private static final class Question {
        private final int asker;
        private final Side side;
        private final SessionDigests digests;
        private final PartitionSums sums = new PartitionSums();
        private int place;

        Question(final int asker, final Side side, final SessionDigests digests) {
            this.asker = asker;
            this.side = side;
            this.digests = digests;
        }

        SessionPull round() {
            return digests.round();
        }
    }

    public DigestAnswers(
            final MarkerTable table,
            final RedirectorDirectory directory,
            final SessionPages pages,
            final ControlSender control) {
        this.table = table;
        this.directory = directory;
        this.pages = pages;
        this.control = control;
    }

    /// A redirector wants to know. One that does not see the chassis as this blade does is not
    /// answered.
    public void take(final int asker, final SessionDigests digests) {
        final Side side = directory.side(asker);
        if (side == null || !directory.agrees(asker, digests.round())) {
            return;
        }
        for (final Question question : questions) {
            if (question.asker == asker && question.round().equals(digests.round())) {
                return; // it is being answered
            }
        }
        questions.removeIf(question -> question.asker == asker);
        questions.add(new Question(asker, side, digests));
    }

    /// Goes on with the eldest question; answers how much was done.
    public int onTimer() {
        final Question question = questions.peek();
        if (question == null) {
            return 0;
        }
        if (!directory.agrees(question.asker, question.round())) {
            questions.remove();
            return 1;
        }
        final int end = Math.min(table.madeCount(), question.place + PLACES);
        for (; question.place < end; question.place++) {
            final MarkerSession marker = table.at(question.place);
            if (marker != null
                    && !marker.isLapsed()
                    && marker.residence().isHeldHere()
                    && pages.isComparedWith(question.asker, question.side, marker)) {
                question.sums.add(marker.hash(question.side), marker.flowId(), marker.version());
            }
        }
        if (question.place >= table.madeCount()) {
            questions.remove();
            control.send(
                    question.asker,
                    new DigestDifference(
                            question.round().pullId(),
                            question.sums.differenceTo(question.digests.sums())));
        }
        return 1;
    }
}
