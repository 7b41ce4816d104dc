package io.nsbox;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The rooms of the house, and what no room but the door may do. */
class ArchitectureTest {
    private static final JavaClasses NSBOX = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.nsbox");

    private static final DescribedPredicate<JavaClass> NOT_THE_DOOR = DescribedPredicate.describe(
            "are not the door to the process",
            type -> !Set.of("io.nsbox.cli.Main", "io.nsbox.cli.Console").contains(type.getName()));

    @Test
    void theScanFindsAllRooms() {
        assertThat(NSBOX.stream().map(JavaClass::getPackageName).distinct())
                .contains(
                        "io.nsbox.diag",
                        "io.nsbox.spec",
                        "io.nsbox.text",
                        "io.nsbox.host",
                        "io.nsbox.program",
                        "io.nsbox.seccomp",
                        "io.nsbox.plan",
                        "io.nsbox.image",
                        "io.nsbox.state",
                        "io.nsbox.launch",
                        "io.nsbox.oci",
                        "io.nsbox.cli");
        assertThat(NSBOX.size()).isGreaterThan(100);
    }

    @Test
    void roomsDependOnEachOtherOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("io.nsbox..")
                .layer("diag")
                .definedBy("io.nsbox.diag..")
                .layer("spec")
                .definedBy("io.nsbox.spec..")
                .layer("text")
                .definedBy("io.nsbox.text..")
                .layer("host")
                .definedBy("io.nsbox.host..")
                .layer("program")
                .definedBy("io.nsbox.program..")
                .layer("seccomp")
                .definedBy("io.nsbox.seccomp..")
                .layer("plan")
                .definedBy("io.nsbox.plan..")
                .layer("image")
                .definedBy("io.nsbox.image..")
                .layer("state")
                .definedBy("io.nsbox.state..")
                .layer("launch")
                .definedBy("io.nsbox.launch..")
                .layer("oci")
                .definedBy("io.nsbox.oci..")
                .layer("cli")
                .definedBy("io.nsbox.cli..")
                .whereLayer("diag")
                .mayNotAccessAnyLayer()
                .whereLayer("seccomp")
                .mayOnlyAccessLayers("program", "diag")
                .whereLayer("spec")
                .mayOnlyAccessLayers("seccomp", "program", "diag")
                .whereLayer("text")
                .mayOnlyAccessLayers("spec", "seccomp", "diag")
                .whereLayer("host")
                .mayOnlyAccessLayers("diag")
                .whereLayer("program")
                .mayOnlyAccessLayers("diag")
                .whereLayer("plan")
                .mayOnlyAccessLayers("spec", "host", "program", "seccomp", "diag")
                .whereLayer("image")
                .mayOnlyAccessLayers("program")
                .whereLayer("launch")
                .mayOnlyAccessLayers("image", "program", "state", "diag")
                .whereLayer("state")
                .mayOnlyAccessLayers("diag")
                .whereLayer("oci")
                .mayOnlyAccessLayers("spec", "host", "program", "seccomp", "diag")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .check(NSBOX);
    }

    @Test
    void noRoomNeedsItself() {
        slices().matching("io.nsbox.(*)..").should().beFreeOfCycles().check(NSBOX);
    }

    @Test
    void onlyTextKnowsTheYamlAndValidationEngines() {
        DescribedPredicate<JavaClass> engine = DescribedPredicate.describe(
                "are engines, and not the constraints that records carry",
                type -> type.getPackageName().startsWith("org.snakeyaml")
                        || type.getPackageName().startsWith("org.hibernate")
                                && !type.getPackageName().startsWith("org.hibernate.validator.constraints"));
        noClasses()
                .that()
                .resideOutsideOfPackage("io.nsbox.text..")
                .should()
                .dependOnClassesThat(engine)
                .check(NSBOX);
    }

    @Test
    void nativeCodeIsCalledAtOnePlace() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.nsbox.launch..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jnr..", "com.kenai..")
                .check(NSBOX);
    }

    @Test
    void picocliIsKnownToTheCommandsAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.nsbox.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(NSBOX);
    }

    @Test
    void onlyTheDoorEndsTheProcessOrReadsItsEnvironmentAndStreams() {
        noClasses()
                .that(NOT_THE_DOOR)
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(NSBOX);
    }

    @Test
    void noResultDependsOnTheClockOrTheLocale() {
        noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethodWhere(named("now", "java.time."))
                .orShould()
                .callMethod(Locale.class, "getDefault")
                .orShould()
                .callMethod(String.class, "toLowerCase")
                .orShould()
                .callMethod(String.class, "toUpperCase")
                .orShould()
                .callMethod(String.class, "format", String.class, Object[].class)
                .orShould()
                .callMethod(String.class, "formatted", Object[].class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .check(NSBOX);
    }

    @Test
    void everyRoomIsNullMarked() {
        classes()
                .that()
                .haveSimpleName("package-info")
                .should()
                .beAnnotatedWith(NullMarked.class)
                .check(NSBOX);
        assertThat(NSBOX.stream()
                        .filter(type -> type.getSimpleName().equals("package-info"))
                        .count())
                .isEqualTo(
                        NSBOX.stream().map(JavaClass::getPackageName).distinct().count());
    }

    private static DescribedPredicate<JavaCall<?>> named(String name, String typePrefix) {
        return DescribedPredicate.describe(
                "calls " + typePrefix + "*." + name + "()",
                call -> call.getTarget().getName().equals(name)
                        && call.getTarget().getOwner().getName().startsWith(typePrefix));
    }
}
