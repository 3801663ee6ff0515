"""Processors that code is written for, and how many subjects each simulates at once."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import llvmlite.binding as llvm

_LOCK = threading.Lock()


@dataclass(frozen=True)
class Processor:
    """A target of compilation.

    Attributes:
        name: `avx512`, `avx2`, `neon` or `generic`.
        triple: LLVM's name of the architecture and system.
        cpu: LLVM's name of the processor.
        features: LLVM's list of features.
        width: Most lanes.
    """

    name: str
    triple: str
    cpu: str
    features: str
    width: int

    def machine(self) -> Any:
        """LLVM's description of the target."""
        start_llvm(every_target=self.triple != llvm.get_default_triple())
        target = llvm.Target.from_triple(self.triple)
        return target.create_target_machine(cpu=self.cpu, features=self.features, opt=2, reloc="pic", codemodel="small")


X86_TRIPLE, ARM_TRIPLE = "x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"
AVX512 = Processor("avx512", X86_TRIPLE, "x86-64-v4", "", 8)
AVX2 = Processor("avx2", X86_TRIPLE, "x86-64-v3", "", 4)
NEON = Processor("neon", ARM_TRIPLE, "generic", "+neon", 2)
PROCESSORS = (AVX512, AVX2, NEON)


@cache
def this_processor() -> Processor:
    """The processor of this machine."""
    start_llvm()
    features = llvm.get_host_cpu_features()
    name, width = "generic", 2
    if features.get("avx512f") and features.get("avx512dq"):
        name, width = "avx512", 8
    elif features.get("avx2") and features.get("fma"):
        name, width = "avx2", 4
    elif features.get("neon") or llvm.get_default_triple().startswith(("aarch64", "arm64")):
        name = "neon"
    return Processor(name, llvm.get_default_triple(), llvm.get_host_cpu_name(), features.flatten(), width)


def runnable_processors() -> list[Processor]:
    """This machine's processor, and the narrower ones that it can run as well."""
    own = this_processor()
    return [own, replace(AVX2, triple=own.triple)] if own.name == "avx512" else [own]


@cache
def start_llvm(*, every_target: bool = False) -> None:
    """Make LLVM ready for this machine, or for every target."""
    with _LOCK:
        if every_target:
            llvm.initialize_all_targets()
            llvm.initialize_all_asmprinters()
        else:
            llvm.initialize_native_target()
            llvm.initialize_native_asmprinter()
