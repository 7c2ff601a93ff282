import type { Scaling, TreeNode } from "../../system/tree.js";
import type { Members } from "./members.js";
import type { PoolMail } from "./pool-mail.js";

/** A pool in the tree. @param node the supervisor of its members, as it tells itself */
export function poolNode(node: TreeNode, members: Members, mail: PoolMail, scaling: Scaling): TreeNode {
  const { waiting, capacity } = mail;
  const children = node.children!.map((child) => memberNode(child, members, mail));
  const restarts = children.reduce((sum, member) => sum + member.restarts, 0);
  const mailbox = { waiting, executing: members.executing, capacity };
  return { ...node, kind: "pool", mailbox, scaling, children, restarts };
}

/** Where all take from one mailbox, no member has one of its own; where each has, one may get no mail for now. */
function memberNode(node: TreeNode, members: Members, mail: PoolMail): TreeNode {
  if (mail.shared) {
    const { mailbox: _, ...member } = node;
    return member;
  }
  const member = members.all.find(({ name }) => name === node.name);
  const ejected = member && mail.ejected?.(member);
  return ejected ? { ...node, ejected } : node;
}
