import { test } from "vitest";
import { seededChance } from "../../../src/clock.js";
import { simulate } from "./simulated-pool.js";
const p99=(a:number[])=>a.sort((x,y)=>x-y)[Math.floor(a.length*.99)];
test("x",()=>{
  for (const [service,start] of [[5,2],[50,500],[5,40]] as const)
  for (const members of [0.6,1.2,1.8,2.4,3.6]) {
    const limits={min:1,max:8,cpuBound:false,targetWaitMs:20,shrinkAfterMs:10_000};
    const r=simulate({limits,rate:()=>members*1000/service,serviceMs:service,startMs:start,forMs:300_000,chance:seededChance(7)});
    console.log(service,start,"load",members,"changes",r.sizes.length,JSON.stringify(r.sizes.map(s=>[Math.round(s.at),s.want])).slice(0,200),"p99",p99(r.waits)?.toFixed(1),"avg",(r.memberMs/300_000).toFixed(2));
  }
  // bursts
  const limits={min:1,max:8,cpuBound:false,targetWaitMs:20,shrinkAfterMs:5_000};
  const r=simulate({limits,rate:(t)=>(t%30000<5000?800:50),serviceMs:5,startMs:5,forMs:300_000,chance:seededChance(7)});
  console.log("burst",r.sizes.length,JSON.stringify(r.sizes.map(s=>[Math.round(s.at),s.want])).slice(0,600),p99(r.waits),(r.memberMs/300_000).toFixed(2));
  for(const s of r.sizes.slice(0,6))console.log(s.at|0,s.want,s.why);
});
