// What driver.js asks of the machine below it, on wasmtime.
"use strict";
globalThis.hostMachine = (() => {
  const arm = machineArm, disarm = machineDisarm, memory = machineMemory;
  const trap = machineTrap, outOfFuel = machineOutOfFuel, drop = machineDrop;
  const worked = machineWorked, resident = machineResident;
  return {
    arm, memory, outOfFuel, trap, worked, resident,
    collect: (id) => hostSide.collect(id),
    exports: (id) => hostSide.exports(id),
    initialBytes: () => hostSide.initialBytes,
    disarm: (id) => JSON.parse(disarm(id)),
    drop: (id) => { hostSide.drop(id); drop(id); },
    latest: () => hostSide.latest,
    interpose: hostSide.interpose,
    require: hostSide.require,
  };
})();
