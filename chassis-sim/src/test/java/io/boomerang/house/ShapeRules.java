package io.boomerang.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import org.jspecify.annotations.NullMarked;

/// What classes look like: state, names, nullness.
final class ShapeRules {
    @ArchTest
    static final ArchRule noStaticStateChanges =
            fields().that()
                    .areStatic()
                    .should()
                    .beFinal()
                    .because("two chassis in one process share nothing")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule noStaticFieldHidesState =
            noFields()
                    .that()
                    .areStatic()
                    .should()
                    .haveRawType(
                            JavaClass.Predicates.resideInAPackage("java.util.concurrent.atomic")
                                    .or(JavaClass.Predicates.assignableTo(ThreadLocal.class)))
                    .because("two chassis in one process share nothing")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule namesSayWhatAClassIs =
            noClasses()
                    .should()
                    .haveSimpleNameEndingWith("Util")
                    .orShould()
                    .haveSimpleNameEndingWith("Utils")
                    .orShould()
                    .haveSimpleNameEndingWith("Helper")
                    .orShould()
                    .haveSimpleNameEndingWith("Manager")
                    .orShould()
                    .haveSimpleNameEndingWith("Impl")
                    .orShould()
                    .haveSimpleNameStartingWith("Abstract")
                    .because("such a name says nothing of what the class is for")
                    .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nullIsSaid =
            classes()
                    .should(new LiveInANullMarkedPackage())
                    .because("NullAway checks marked packages only")
                    .allowEmptyShould(true);

    private ShapeRules() {}

    private static final class LiveInANullMarkedPackage extends ArchCondition<JavaClass> {
        LiveInANullMarkedPackage() {
            super("live in a package whose package-info says @NullMarked");
        }

        @Override
        public void check(final JavaClass item, final ConditionEvents events) {
            if (!item.getPackage().isAnnotatedWith(NullMarked.class)) {
                events.add(
                        SimpleConditionEvent.violated(
                                item, item.getName() + ": its package is not @NullMarked"));
            }
        }
    }
}
