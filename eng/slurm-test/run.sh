#!/usr/bin/env bash
# Runs Slurm on this machine alone, and on it the sbatch files of the samples:
#   - "Reproduce smoke" as an array of 4 tasks, one of which is killed and queues again;
#   - a training of 2 processes by srun, and one by mpirun within sbatch.
# Needs slurm-wlm, munge, openmpi-bin and libpmix-dev (Debian), root, and the samples built in Release. Everything it writes is in a folder
# of its own. GRID=0 leaves out the grid.
#   eng/slurm-test/run.sh [FOLDER]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=${1:-$(mktemp -d)}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
configuration=${CONFIGURATION:-Release}
export REPRODUCE=samples/Reproduce/bin/$configuration/net10.0/Reproduce.dll
export RESTORE_IMAGES=samples/RestoreImages/bin/$configuration/net10.0/RestoreImages.dll
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
host=$(hostname -s)
pids=()

stop() {
  scancel --user=root 2> /dev/null && sleep 3 || true
  for pid in "${pids[@]}"; do
    kill "$pid" 2> /dev/null || true
  done
  for pid in "${pids[@]}"; do
    wait "$pid" 2> /dev/null || true
  done
}
trap stop EXIT

# What is run, and what it answers, with FOLDER instead of the folder's path.
show() {
  {
    echo "\$ $*"
    "$@" 2>&1
    echo
  } | sed "s,$folder,FOLDER,g"
}

submit() {
  echo "\$ sbatch $*" | sed "s,$folder,FOLDER,g" >&2
  sbatch --parsable --chdir="$PWD" "$@"
}

until_ended() {
  while [[ -n "$(squeue --noheader --job="$1" 2> /dev/null)" ]]; do
    sleep 1
  done
}

# The process of the program that a task of a job runs.
process() {
  local pid
  for pid in $(pgrep -f "$1"); do
    if tr '\0' '\n' < "/proc/$pid/environ" 2> /dev/null | grep -qx "$2" && [[ "$(readlink "/proc/$pid/exe")" == */dotnet ]]; then
      echo "$pid"
      return
    fi
  done
}

start() {
  "$@" > "$folder/${1##*/}.out" 2>&1 &
  pids+=($!)
}

mkdir -p "$folder"/{state,spool,munge}
head -c 1024 /dev/urandom > "$folder/munge/key"
chmod 700 "$folder/munge"
chmod 600 "$folder/munge/key"
export SLURM_CONF="$folder/slurm.conf"
cat > "$SLURM_CONF" << CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# A job that queues again waits until its credential has expired, two minutes by default.
AuthInfo=socket=$folder/munge/socket,cred_expire=15
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
JobRequeue=1
KillWait=30
ReturnToService=2
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=4000 State=UNKNOWN
PartitionName=cpu Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
start munged --foreground --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munge/pid" \
  --log-file="$folder/munge/log" --seed-file="$folder/munge/seed"
sleep 1
start slurmctld -D
start slurmd -D
for ((i = 0; i < 60; i++)); do
  [[ "$(sinfo --noheader --format=%t 2> /dev/null)" == idle ]] && break
  sleep 1
done

show sinfo

if [[ "${GRID:-1}" == 1 ]]; then
echo "== A grid of experiments as an array: 4 tasks, of which the second is killed"
grid=$(submit --array=1-4 --cpus-per-task=1 --output="$folder/grid-%a.log" \
  samples/Reproduce/slurm/cpu.sbatch smoke --output "$folder/results")
victim=
while [[ -z "$victim" ]] || ! grep -q "done in" "$folder/grid-2.log"; do
  sleep 0.2
  victim=$(process Reproduce.dll SLURM_ARRAY_TASK_ID=2)
done

show kill -KILL "$victim"
show squeue --array
# The report of what there is so far, while others write.
show dotnet "$REPRODUCE" report --output "$folder/results"
until_ended "$grid"
for task in 1 2 3 4; do
  show grep -E "experiments|srun|Wrote" "$folder/grid-$task.log"
done

show dotnet "$REPRODUCE" report --output "$folder/results"
show dotnet "$REPRODUCE" smoke --output "$folder/results"
fi

train=(--images docs/images --validation docs/images --network edsr-baseline-x2 --loss l1 --steps 100 --batch 4 --patch 32
  --log-interval 50 --validation-interval 100 --save-interval 25)
echo "== A training of two processes by srun --mpi=pmix, which is told to stop and goes on"
job=$(submit --nodes=1 --ntasks-per-node=2 --cpus-per-task=1 --output="$folder/srun.log" \
  samples/RestoreImages/slurm/cpu.sbatch "${train[@]}" --output "$folder/srun")
until [[ -e "$folder/srun/last.ckpt" ]]; do
  [[ -n "$(squeue --noheader --job="$job")" ]] || { cat "$folder/srun.log" && exit 1; }
  sleep 0.2
done

# What Slurm does before the time limit, by the files' --signal.
show scancel --signal=TERM --batch "$job"
until_ended "$job"
show cat "$folder/srun.log"

echo "== The same training by mpirun within sbatch, undisturbed"
export MDF_LAUNCHER="mpirun.openmpi --bind-to none"
job=$(submit --nodes=1 --ntasks-per-node=2 --cpus-per-task=1 --output="$folder/mpirun.log" \
  samples/RestoreImages/slurm/cpu.sbatch "${train[@]}" --output "$folder/mpirun")
until_ended "$job"
show cat "$folder/mpirun.log"
show cmp "$folder/srun/last.ckpt" "$folder/mpirun/last.ckpt"
echo "The networks are equal to the last byte."
